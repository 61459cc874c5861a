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
/** A text of nothing but colons is no template. */
const maxColons = 100_000;

/** Goes from colon to colon: most of them are told from a label's by the character before. */
const readLabels = (text: string): readonly Label[] => {
  const found: Label[] = [];
  readWithColon(text, ':', found);
  const narrow = found.length;
  readWithColon(text, '：', found);
  return found.length > narrow ? found.sort((a, b) => a.start - b.start) : found;
};

const readWithColon = (text: string, mark: string, found: Label[]): void => {
  let colonsLeft = maxColons;
  for (
    let colon = text.indexOf(mark);
    colon >= 0 && found.length < maxLabels && colonsLeft > 0;
    colon = text.indexOf(mark, colon + 1)
  ) {
    colonsLeft--;
    const start = startOfLabel(text, colon);
    if (start < 0) continue;
    const kind = kinds.get(text.slice(start, colon).toLowerCase().replaceAll('*', '').trim());
    if (kind) found.push({ kind, start: startOfLine(text, start), end: skipMarks(text, colon + 1) });
  }
};

/** Where the words before a colon begin, if nothing but marks of a heading stands before them on the line; else -1. */
const startOfLabel = (text: string, colon: number): number => {
  const least = Math.max(0, colon - longestLabel);
  let at = colon;
  while (at > least && isLabelCharacter(text.charCodeAt(at - 1))) at--;
  if (at === colon) return -1;
  const start = skipMarks(text, at);
  while (at > 0 && isMark(text.charCodeAt(at - 1))) at--;
  return at === 0 || text.charCodeAt(at - 1) === 0x0a ? start : -1;
};

const startOfLine = (text: string, from: number): number => text.lastIndexOf('\n', from - 1) + 1;

/** Marks that headings are dressed in: "### Question:", "**Question:**". */
const skipMarks = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && isMark(text.charCodeAt(at))) at++;
  return at;
};

const isMark = (code: number): boolean => code === 0x23 || code === 0x2a || code === 0x20 || code === 0x09;

const isLabelCharacter = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  code === 0x20 ||
  code === 0x2a ||
  (code >= 0xc0 && code < 0x2000) ||
  (code >= 0x3040 && code < 0xd800);

const kinds: ReadonlyMap<string, Label['kind']> = new Map(
  Object.entries({
    question:
      'question,query,user question,user query,request,user request,my request for codex,task,your task,instruction,instructions,q,问题,问,提问,質問,問い,질문,frage,aufgabe,pregunta,tarea,pergunta,domanda,вопрос,задание,السؤال,سؤال,प्रश्न,सवाल,soru,pytanie,câu hỏi,คำถาม,שאלה,ερώτηση',
    context:
      'context,contexts,document,documents,passage,passages,source,sources,background,article,search results,reference,references,chat history,conversation history,conversation,snippets,retrieved documents,retrieved context,information,input,transcript,excerpt,knowledge,context from my ide setup,上下文,背景,参考资料,资料,材料,文档,文脈,コンテキスト,背景情報,参考文献,문맥,맥락,배경,참고 자료,kontext,quellen,contexte,contexto,contesto,fuentes,fontes,контекст,источники,السياق,سياق,النص,संदर्भ,प्रसंग,bağlam,kontekst,ngữ cảnh,bối cảnh,บริบท,הקשר,πλαίσιο',
    answer:
      'answer,helpful answer,final answer,response,output,a,assistant,completion,答案,回答,答,답변,답,antwort,réponse,respuesta,resposta,risposta,ответ,الإجابة,الجواب,उत्तर,जवाब,cevap,odpowiedź,trả lời,คำตอบ,תשובה,απάντηση',
  }).flatMap(([kind, names]) => names.split(',').map((name) => [name, kind as Label['kind']] as const)),
);
