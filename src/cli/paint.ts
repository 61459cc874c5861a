/** Colours for a terminal; where there is none, each returns its text as it is. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export const createPaint = (hasColours: boolean): Paint => {
  const stroke = ([on, off]: readonly [number, number]) =>
    hasColours
      ? (text: string) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`)
      : (text: string) => text;
  return {
    bold: stroke(codes.bold),
    dim: stroke(codes.dim),
    red: stroke(codes.red),
    green: stroke(codes.green),
    yellow: stroke(codes.yellow),
    cyan: stroke(codes.cyan),
  };
};
