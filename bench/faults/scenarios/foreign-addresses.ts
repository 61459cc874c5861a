import { type AddressInfo, createServer } from 'node:net';
import { type Answer, ask, chatBody, messagesBody } from '../caller.ts';
import { eachOf } from '../many.ts';
import { defineScenario, exactly, none } from '../scenario.ts';
import { answers } from '../scripts.ts';
import { provider, type Stage } from '../stage.ts';

interface Sentinel {
  readonly port: number;
  readonly connections: () => number;
}

/** Listens on every address of this machine, and counts who comes. */
const openSentinel = async (stage: Stage): Promise<Sentinel> => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, () => resolve()));
  stage.after(() => new Promise((resolve) => server.close(resolve)));
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
};

/** Every way of writing an address of this machine. */
const waysHome = (port: number): readonly string[] =>
  [
    ...[
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '017700000001',
      '0x7f.1',
      '0177.0.0.1',
      '127.0.0.1.',
    ],
    ...[
      '0.0.0.0',
      '0',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::]',
      '[0:0:0:0:0:0:0:1]',
      '[::127.0.0.1]',
    ],
    ...[
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      'localhost',
      'LOCALHOST',
      'localhost.',
      '①②⑦.⓪.⓪.①',
      '127。0。0。1',
    ],
  ].flatMap((host) => [`https://${host}:${port}/a.png`, `http://${host}:${port}/a.png`]);

const tricks = (port: number): readonly string[] => [
  `https://good.example@127.0.0.1:${port}/a.png`,
  `https://user:pass@127.0.0.1:${port}/a.png`,
  `https://127.0.0.1:${port}#@good.example/a.png`,
  `https://127.0.0.1:${port}\\@good.example/a.png`,
  `https://127.0.0.1:${port}/\r\nhost: good.example`,
  `gopher://127.0.0.1:${port}/_x`,
  `ftp://127.0.0.1:${port}/a.png`,
  `ws://127.0.0.1:${port}/`,
  `//127.0.0.1:${port}/a.png`,
  'file:///etc/passwd',
  'https://',
];

const metadata = [
  'https://169.254.169.254/latest/meta-data/',
  'https://[fd00:ec2::254]/',
  'https://[::ffff:169.254.169.254]/',
  'https://2852039166/',
  'https://0xa9fea9fe/',
];

const picture = (url: string): object => ({
  messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
});

export const foreignAddresses = defineScenario({
  id: 'D6',
  title: 'addresses that lead home, in every spelling',
  isQuick: true,
  run: async (stage) => {
    const sentinel = await openSentinel(stage);
    const upstream = await stage.upstream({ good: answers(3) });
    const fetching = (privateNetworks: boolean) => ({
      downloads: { privateNetworks },
      providers: {
        p: provider({ url: upstream.url, models: ['good'], rest: { quirks: { fetchesNoImages: true } } }),
      },
    });
    const gateway = await stage.gateway(fetching(false));
    const lenient = await stage.gateway(fetching(true));
    const addresses = [...waysHome(sentinel.port), ...tricks(sentinel.port), ...metadata];

    const told = await eachOf(addresses, 8, (url) => ask(gateway.url, chatBody('p/good', picture(url))));
    const onMessages = await eachOf(addresses.slice(0, 8), 8, (url) =>
      ask(
        gateway.url,
        messagesBody('p/good', {
          messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url } }] }],
        }),
        {
          path: '/v1/messages',
        },
      ),
    );
    const home = `http://127.0.0.1:${sentinel.port}`;
    const steered = await ask(
      gateway.url,
      chatBody('p/good', { base_url: home, api_base: home, baseURL: home, callback_url: home }),
      {
        headers: {
          'x-base-url': home,
          'x-forwarded-host': `127.0.0.1:${sentinel.port}`,
          forwarded: `host=${home}`,
        },
      },
    );
    // what stands before a model's name is nobody's address
    await ask(gateway.url, chatBody(`${home}/good`));
    const reached = sentinel.connections();
    const ofClouds = await eachOf(metadata, 5, (url) => ask(lenient.url, chatBody('p/good', picture(url))));

    const isRefused = ({ status }: Answer): boolean => status === 400;
    return [
      none(`connections at the sentinel, of ${addresses.length} spellings`, reached),
      exactly(
        'refused, by an error of their own',
        [...told, ...onMessages].filter(isRefused).length,
        addresses.length + 8,
      ),
      exactly(
        'addresses of clouds refused where private networks are allowed',
        ofClouds.filter(isRefused).length,
        metadata.length,
      ),
      exactly('fields and headers that name an address left alone', steered.status, 200),
      none('calls upstream beside the two without a picture', upstream.calls.length - 2),
    ];
  },
});
