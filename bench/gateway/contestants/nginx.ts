import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, untilListening } from '../ports.ts';
import { gatewayCore, startPinned } from '../process.ts';
import { type Contestant, NotHere } from './contestant.ts';

export const nginx: Contestant = {
  name: 'nginx',
  start: async ({ upstreamPort, folder }) => {
    const version = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
    if (version.error) throw new NotHere('nginx is not installed (apt-get install nginx-light)');
    const port = await freePort();
    for (const name of ['logs', 'body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'nginx.conf'), config(port, upstreamPort));
    const started = startPinned({
      core: gatewayCore,
      command: 'nginx',
      args: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'logs/error.log')],
    });
    await untilListening(port, started);
    return {
      target: () => ({ port, headers: {}, pid: started.pid }),
      facts: [`${version.stderr.trim().replace('nginx version: ', '')}, one worker, proxy_buffering off`],
      stop: started.stop,
    };
  },
};

// the worker keeps the starter's user: the folder belongs to whoever runs the bench
const config = (port: number, upstreamPort: number): string => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_body_buffer_size 64k;
  keepalive_requests 100000000;
  keepalive_timeout 75s;
  tcp_nodelay on;
  upstream model {
    server 127.0.0.1:${upstreamPort};
    keepalive 512;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://model;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }
}
`;
