/**
 * Callers of all four dialects, as plain as can be: each keeps its history as it was answered and sends all of it
 * back, which is what the vendors' own clients do.
 */
export interface Talker {
  readonly dialect: string;
  /** Something new from the user. */
  say(text: string): void;
  /** Answers every call that is open. */
  bring(result: string): void;
  send(url: string, model: string, isStream: boolean): Promise<Said>;
}

export interface Said {
  readonly status: number;
  /** The gateway's own word for what went wrong. */
  readonly code: string | null;
  readonly text: string;
  readonly calls: number;
}

interface Json {
  [key: string]: unknown;
}

/** What is asked of the models beside the conversation. */
export interface Wishes {
  readonly thinking: 'none' | 'adaptive' | 'budget';
}

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const name = 'get_weather';
const description = 'Gets the weather of a city.';
const instructions = 'You are a weather service. Be brief.';

const post = async (url: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, code: response.headers.get('x-tierwise-error'), text };
};

const framesOf = (text: string): readonly Json[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice(6)) as Json);

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

class ChatTalker implements Talker {
  readonly dialect = 'openai-chat';
  readonly #wishes: Wishes;
  readonly #messages: Json[] = [{ role: 'system', content: instructions }];
  #calls: Json[] = [];

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  say(text: string): void {
    this.#messages.push({ role: 'user', content: text });
  }

  bring(result: string): void {
    for (const { id } of this.#calls)
      this.#messages.push({ role: 'tool', tool_call_id: id, content: result });
  }

  async send(url: string, model: string, isStream: boolean): Promise<Said> {
    const { status, code, text } = await post(`${url}/v1/chat/completions`, {
      model,
      messages: this.#messages,
      tools: [{ type: 'function', function: { name, description, parameters: schema } }],
      ...(this.#wishes.thinking !== 'none' && { reasoning_effort: 'medium' }),
      stream: isStream,
    });
    if (status !== 200) return { status, code, text, calls: 0 };
    const message = isStream ? gatherChat(framesOf(text)) : wholeChat(JSON.parse(text) as Json);
    this.#calls = listOf(message.tool_calls);
    this.#messages.push(message);
    return { status, code, text, calls: this.#calls.length };
  }
}

const wholeChat = (body: Json): Json => listOf(body.choices)[0]?.message as Json;

const gatherChat = (frames: readonly Json[]): Json => {
  let content = '';
  const calls: { id: string; type: string; function: { name: string; arguments: string } }[] = [];
  for (const frame of frames) {
    const delta = listOf(frame.choices)[0]?.delta as Json | undefined;
    if (typeof delta?.content === 'string') content += delta.content;
    for (const piece of listOf(delta?.tool_calls)) {
      const said = piece.function as { name?: string; arguments?: string };
      const index = piece.index as number;
      calls[index] ??= { id: String(piece.id), type: 'function', function: { name: '', arguments: '' } };
      calls[index].function.name += said.name ?? '';
      calls[index].function.arguments += said.arguments ?? '';
    }
  }
  return { role: 'assistant', content: content || null, ...(calls.length > 0 && { tool_calls: calls }) };
};

class MessagesTalker implements Talker {
  readonly dialect = 'anthropic-messages';
  readonly #wishes: Wishes;
  readonly #messages: Json[] = [];
  #calls: Json[] = [];

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  say(text: string): void {
    this.#messages.push({ role: 'user', content: text });
  }

  bring(result: string): void {
    this.#messages.push({
      role: 'user',
      content: this.#calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: result })),
    });
  }

  async send(url: string, model: string, isStream: boolean): Promise<Said> {
    const { thinking } = this.#wishes;
    const { status, code, text } = await post(
      `${url}/v1/messages`,
      {
        model,
        max_tokens: 8000,
        system: instructions,
        messages: this.#messages,
        tools: [{ name, description, input_schema: schema }],
        ...(thinking === 'adaptive' && { thinking: { type: 'adaptive' } }),
        ...(thinking === 'budget' && { thinking: { type: 'enabled', budget_tokens: 2000 } }),
        stream: isStream,
      },
      { 'anthropic-version': '2023-06-01' },
    );
    if (status !== 200) return { status, code, text, calls: 0 };
    const content = isStream ? gatherMessage(framesOf(text)) : listOf((JSON.parse(text) as Json).content);
    this.#calls = content.filter(({ type }) => type === 'tool_use');
    if (content.length > 0) this.#messages.push({ role: 'assistant', content });
    return { status, code, text, calls: this.#calls.length };
  }
}

const gatherMessage = (frames: readonly Json[]): Json[] => {
  const blocks: Json[] = [];
  const inputs = new Map<number, string>();
  for (const frame of frames) {
    const index = frame.index as number;
    if (frame.type === 'content_block_start') blocks[index] = { ...(frame.content_block as Json) };
    const block = blocks[index];
    const delta = frame.delta as Json | undefined;
    if (frame.type !== 'content_block_delta' || !block || !delta) continue;
    if (delta.type === 'text_delta') block.text = `${block.text}${delta.text}`;
    if (delta.type === 'thinking_delta') block.thinking = `${block.thinking}${delta.thinking}`;
    if (delta.type === 'signature_delta') block.signature = delta.signature;
    if (delta.type === 'input_json_delta')
      inputs.set(index, `${inputs.get(index) ?? ''}${delta.partial_json}`);
  }
  for (const [index, text] of inputs) (blocks[index] as Json).input = JSON.parse(text || '{}');
  return blocks;
};

class ResponsesTalker implements Talker {
  readonly dialect = 'openai-responses';
  readonly #wishes: Wishes;
  readonly #input: Json[] = [];
  #calls: Json[] = [];

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  say(text: string): void {
    this.#input.push({ role: 'user', content: text });
  }

  bring(result: string): void {
    for (const { call_id } of this.#calls)
      this.#input.push({ type: 'function_call_output', call_id, output: result });
  }

  async send(url: string, model: string, isStream: boolean): Promise<Said> {
    const { status, code, text } = await post(`${url}/v1/responses`, {
      model,
      instructions,
      input: this.#input,
      tools: [{ type: 'function', name, description, parameters: schema, strict: false }],
      ...(this.#wishes.thinking !== 'none' && { reasoning: { effort: 'medium', summary: 'auto' } }),
      include: ['reasoning.encrypted_content'],
      store: false,
      stream: isStream,
    });
    if (status !== 200) return { status, code, text, calls: 0 };
    const whole = isStream
      ? (framesOf(text).find(({ type }) => type === 'response.completed')?.response as Json)
      : (JSON.parse(text) as Json);
    const output = listOf(whole.output);
    this.#calls = output.filter(({ type }) => type === 'function_call');
    this.#input.push(...output);
    return { status, code, text, calls: this.#calls.length };
  }
}

class GeminiTalker implements Talker {
  readonly dialect = 'gemini';
  readonly #wishes: Wishes;
  readonly #contents: Json[] = [];
  #calls: Json[] = [];

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  say(text: string): void {
    this.#contents.push({ role: 'user', parts: [{ text }] });
  }

  bring(result: string): void {
    this.#contents.push({
      role: 'user',
      parts: this.#calls.map((call) => ({
        functionResponse: {
          ...(call.id !== undefined && { id: call.id }),
          name: call.name,
          response: { output: result },
        },
      })),
    });
  }

  async send(url: string, model: string, isStream: boolean): Promise<Said> {
    const method = isStream ? 'streamGenerateContent?alt=sse' : 'generateContent';
    const { status, code, text } = await post(`${url}/v1beta/models/${model}:${method}`, {
      systemInstruction: { parts: [{ text: instructions }] },
      contents: this.#contents,
      tools: [{ functionDeclarations: [{ name, description, parametersJsonSchema: schema }] }],
      generationConfig: {
        maxOutputTokens: 8000,
        ...(this.#wishes.thinking !== 'none' && { thinkingConfig: { includeThoughts: true } }),
      },
    });
    if (status !== 200) return { status, code, text, calls: 0 };
    const frames = isStream ? framesOf(text) : [JSON.parse(text) as Json];
    const parts = frames.flatMap((frame) => {
      const content = listOf(frame.candidates)[0]?.content as Json | undefined;
      return listOf(content?.parts);
    });
    this.#calls = parts.flatMap((part) => (part.functionCall ? [part.functionCall as Json] : []));
    if (parts.length > 0) this.#contents.push({ role: 'model', parts });
    return { status, code, text, calls: this.#calls.length };
  }
}

/** One of each dialect, made anew for every conversation. */
export const talkers: readonly ((wishes: Wishes) => Talker)[] = [
  (wishes) => new ChatTalker(wishes),
  (wishes) => new MessagesTalker(wishes),
  (wishes) => new ResponsesTalker(wishes),
  (wishes) => new GeminiTalker(wishes),
];
