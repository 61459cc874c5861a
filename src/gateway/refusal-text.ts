/** Whoever refuses is brief: what goes on for longer has most likely helped all the same. */
const longestRefusal = 400;

/**
 * Says no, and that about itself: "I can't help with that". Deliberately narrow: an answer that only reports
 * that something is impossible ("it cannot be sorted in linear time") is none, and neither is one that asks back.
 */
export const isRefusalText = (text: string): boolean => {
  const said = text.trim();
  if (said === '' || said.length > longestRefusal || said.includes('?') || said.includes('```')) return false;
  const plain = said.toLowerCase().replaceAll('’', "'");
  return openings.some((opening) => opening.test(plain));
};

// from the beginning, and with no repetition inside another: no text makes them slow
const openings: readonly RegExp[] = [
  /^(?:(?:i'm|i am) (?:very |so |really )?sorry|sorry|i apologi[sz]e|unfortunately)[,.]? (?:but )?(?:as an ai[^,.]{0,40}, )?(?:i|we) (?:can't|cannot|can not|won't|will not|am not able|'m not able|am unable|'m unable|must decline)\b/,
  /^(?:i'm|i am) (?:very |so |really )?sorry[,.]? (?:but )?(?:that's|that is|this is) not something i can\b/,
  /^(?:i'm|i am) (?:unable|not able) to (?:help|assist|comply|provide|answer|do|fulfil|fulfill|continue)\b/,
  /^i (?:can't|cannot|can not|won't|will not) (?:help|assist|comply|provide|answer|do that|do this|fulfil|fulfill|engage|discuss|continue)\b/,
  /^i (?:must|have to) (?:decline|refuse)\b/,
  /^as an ai(?: language)?(?: model| assistant)?,? i (?:can't|cannot|can not|am unable|am not able|don't have)\b/,
  /^(?:es tut mir leid|tut mir leid|entschuldigung)[,.]? (?:aber )?(?:ich kann|dabei kann ich|das kann ich|ich darf)\b.{0,80}\bnicht\b/,
  /^(?:je suis désolée?|désolée?)[,.]? (?:mais )?je ne (?:peux|puis) pas\b/,
  /^(?:lo siento|lo lamento)[,.]? (?:pero )?no puedo\b/,
  /^(?:很?抱歉|对不起|對不起)[,,。]?(?:但)?我?(?:无法|無法|不能)/,
];
