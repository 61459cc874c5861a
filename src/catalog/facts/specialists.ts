/**
 * Names of models made for one kind of work, sold for their speed at a higher price, or lent for
 * trial: fit to be asked for, not to be what a tier means unless somebody says so.
 */
const specialists: readonly RegExp[] = [
  /codex|coder|-code(?:-|$)|^codestral|devstral|^grok-(?:build|code)|morph|relace|^north-/,
  /guard|safety|translat|-mt-|ocr|search|research|^sonar|character|-her$|^allam|schematron|-fin(?:-|$)/,
  /computer-use|customtools|multi-agent|omni|voxtral|audio|(?:-|\d)vl?(?:-|$)|^qvq|vision|ui-tars|-exp$/,
  /chat-latest|-chat$|daybreak|-alpha$|^ember/,
  /^(?:gpt-.*|o\d)-pro$|fast(?:-|$)|flashx|highspeed|ultraspeed|prime|contributor|-high$/,
  // too small for whatever comes along
  /-(?:0\.\d|[1-4](?:\.\d)?)b(?:-|$)|-e[24]b/,
  /:free$/,
];

/** By the maker's own name for the model, in lower case. */
export const isSpecialist = (bare: string): boolean => specialists.some((name) => name.test(bare));
