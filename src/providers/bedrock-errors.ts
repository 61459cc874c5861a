import type { JsonObject } from '../core/json.ts';
import type { CloudError } from './cloud-errors.ts';

export interface BedrockError {
  readonly error: CloudError;
  /** Where the service's own status would be read as a fault of the request. */
  readonly status?: number;
}

/**
 * What went wrong, in the words of Messages. The service names its exceptions in a header, with the address
 * of their definition behind a colon; in streams they begin with a small letter. Per docs, never seen live.
 */
export const bedrockError = (code: string | undefined, body: JsonObject): BedrockError => {
  const name = /^\w*/.exec(code ?? '')?.[0].toLowerCase() ?? '';
  const message = [body.message, body.Message, body.originalMessage].find(
    (text): text is string => typeof text === 'string' && text !== '',
  );
  const [type, status] = kinds.get(name) ?? ['api_error'];
  return {
    error: {
      type,
      message: message ?? (name === '' ? 'an error without a message' : `${name} without a message`),
    },
    ...(status !== undefined && { status }),
  };
};

const kinds: ReadonlyMap<string, readonly [type: string, status?: number]> = new Map([
  ['validationexception', ['invalid_request_error']],
  ['accessdeniedexception', ['permission_error']],
  ['unrecognizedclientexception', ['authentication_error']],
  ['invalidsignatureexception', ['authentication_error']],
  ['incompletesignatureexception', ['authentication_error']],
  ['missingauthenticationtokenexception', ['authentication_error']],
  ['expiredtokenexception', ['authentication_error']],
  ['resourcenotfoundexception', ['not_found_error']],
  ['throttlingexception', ['rate_limit_error']],
  ['servicequotaexceededexception', ['rate_limit_error']],
  // the model is being loaded: 429 by its status, and nobody has asked too much
  ['modelnotreadyexception', ['overloaded_error']],
  ['serviceunavailableexception', ['overloaded_error']],
  ['modeltimeoutexception', ['timeout_error']],
  ['internalserverexception', ['api_error']],
  // 424 would be taken for a fault of the request
  ['modelerrorexception', ['api_error', 502]],
  ['modelstreamerrorexception', ['api_error', 502]],
]);
