/**
 * Prompts built from a template say which part is the question: "Context: … Question: …", "### Instruction:
 * … ### Input: …", worked examples with a last "Q:". What is returned is the question alone; a text without
 * such labels comes back as it is.
 */
export const labelledQuestion = (text: string): string => {
  const labels = readLabels(text);
  const questions = labels.filter(({ kind }) => kind === 'question');
  const last = questions.at(-1);
  if (!last) return text;
  const hasContext = labels.some(({ kind }) => kind === 'context');
  const isWorked = questions.length > 1 && labels.some(({ kind }) => kind === 'answer');
  if (!hasContext && !isWorked) return text;
  const next = labels.find(({ start }) => start > last.start);
  const question = text.slice(last.end, next?.start).trim();
  return question || text;
};

interface Label {
  readonly kind: 'question' | 'context' | 'answer';
  readonly start: number;
  readonly end: number;
}

const longestLabel = 32;
const maxLabels = 400;

const readLabels = (text: string): readonly Label[] => {
  const found: Label[] = [];
  for (
    let start = 0;
    start >= 0 && start < text.length && found.length < maxLabels;
    start = nextLine(text, start)
  ) {
    const wordStart = skipMarks(text, start);
    const colon = labelEnd(text, wordStart);
    if (colon < 0) continue;
    const kind = kinds.get(text.slice(wordStart, colon).toLowerCase().replaceAll('*', '').trim());
    if (kind) found.push({ kind, start, end: skipMarks(text, colon + 1) });
  }
  return found;
};

const nextLine = (text: string, from: number): number => {
  const at = text.indexOf('\n', from);
  return at < 0 ? -1 : at + 1;
};

/** Marks that headings are dressed in: "### Question:", "**Question:**". */
const skipMarks = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && '#* \t'.includes(text.charAt(at))) at++;
  return at;
};

const labelEnd = (text: string, from: number): number => {
  const end = Math.min(text.length, from + longestLabel);
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x3a) return at;
    const isLetter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
    if (!isLetter && code !== 0x20 && code !== 0x2a) return -1;
  }
  return -1;
};

const kinds: ReadonlyMap<string, Label['kind']> = new Map(
  Object.entries({
    question:
      'question,query,user question,user query,request,user request,task,your task,instruction,instructions,q',
    context:
      'context,contexts,document,documents,passage,passages,source,sources,background,article,search results,reference,references,chat history,conversation history,conversation,snippets,retrieved documents,retrieved context,information,input,transcript,excerpt,knowledge',
    answer: 'answer,helpful answer,final answer,response,output,a,assistant,completion',
  }).flatMap(([kind, names]) => names.split(',').map((name) => [name, kind as Label['kind']] as const)),
);
