import { defineKind } from '../task.ts';
import { fenced, fields, functionName, numbered, scaled, systems } from '../words.ts';

const flaws: readonly (readonly [cwe: number, line: string, safe: string])[] = [
  [
    89,
    '  const rows = await db.query("SELECT * FROM items WHERE id = " + request.query.id);',
    '  const rows = await db.query("SELECT * FROM items WHERE id = $1", [request.query.id]);',
  ],
  [
    22,
    '  const file = await readFile(root + "/" + request.query.path);',
    '  const file = await readFile(inside(root, request.query.path));',
  ],
  [
    79,
    '  response.write("<p>" + request.query.name + "</p>");',
    '  response.write("<p>" + escape(request.query.name) + "</p>");',
  ],
  [
    78,
    '  const out = execSync("convert " + request.body.file);',
    '  const out = execFileSync("convert", [safeName(request.body.file)]);',
  ],
  [
    918,
    '  const page = await fetch(request.body.callbackUrl);',
    '  const page = await fetch(allowedUrl(request.body.callbackUrl));',
  ],
  [
    798,
    '  const client = connect({ user: "svc", password: "hunter2!" });',
    '  const client = connect({ user: "svc", password: secrets.database });',
  ],
  [
    862,
    '  await accounts.remove(request.params.id);',
    '  await accounts.remove(owned(request.user, request.params.id));',
  ],
  [
    502,
    '  const state = deserialize(Buffer.from(request.cookies.state, "base64"));',
    '  const state = verified(request.cookies.state);',
  ],
];

export const vulnerability = defineKind({
  name: 'vulnerability',
  category: 'security',
  matrixTier: 'frontier',
  weight: 7,
  hardShare: 0.82,
  simple: [0.34, 0.58],
  style: 'essay',
  make: (random, size) => {
    const chosen = random.some(flaws, scaled(size, 3, 6));
    const bad = random.whole(0, chosen.length - 1);
    const filler = random
      .some(fields, scaled(size, 1, 4) + random.whole(0, 5))
      .map((field) => `  log.debug({ ${field}: request.body.${field} });`);
    const body = filler.map((text) => ({ text, isFlaw: false }));
    for (const [at, [, flawed, safe]] of chosen.entries())
      body.splice(random.whole(0, body.length), 0, { text: at === bad ? flawed : safe, isFlaw: at === bad });
    const code = [
      `export async function ${functionName(random)}(request, response) {`,
      ...body.map(({ text }) => text),
      '  response.end();',
      '}',
    ];
    const line = 2 + body.findIndex(({ isFlaw }) => isFlaw);
    const cwe = chosen[bad]?.[0] ?? 0;
    const given = fenced(numbered(code));
    const ask = random.pick([
      `Security audit: find the vulnerability in this handler of ${random.pick(systems)}. Conclude with its CWE number and line, as "CWE-n, line n".\n${given}`,
      `Could an attacker misuse this endpoint? All helpers (escape, inside, owned, allowedUrl …) are sound. Name the hole at the end as "CWE-n, line n".\n${given}`,
      `${given}\n\nPen testers say that this can be exploited. Where, and which weakness is it? Finish with "CWE-n, line n".`,
      `Threat-model the code below and close with the one finding that matters ("CWE-n, line n").\n${given}`,
    ]);
    const finding = (number: number, at: number): string => `Finding: CWE-${number}, line ${at}`;
    const otherCwe = flaws.find(([number]) => number !== cwe)?.[0] ?? 0;
    return {
      ask,
      right: finding(cwe, line),
      wrongs: [finding(otherCwe, line), finding(cwe, line === 2 ? 3 : line - 1)],
      check: (answer) => {
        const found = [...answer.matchAll(/CWE-(\d+)\D{1,12}line (\d+)/gi)].at(-1);
        return Number(found?.[1]) === cwe && Number(found?.[2]) === line;
      },
    };
  },
});
