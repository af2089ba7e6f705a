/** Builds a page with Vite, in a process of its own: `{ "main": "code" }` comes in on stdin, the files by path go out on stdout. */
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

const root = fileURLToPath(new URL('app', import.meta.url));
const code = await text(process.stdin);
const main = fileURLToPath(new URL('main.ts', import.meta.url));
const given: Plugin = { name: 'given-main', enforce: 'pre', resolveId: (id) => (id === '/main.ts' ? main : undefined), load: (id) => (id === main ? code : undefined) };
const built = await build({
  root, configFile: false, logLevel: 'error', plugins: [given], resolve: { conditions: ['@vsys/source', 'module', 'browser', 'import', 'default'] },
  build: { write: false, modulePreload: false, target: 'es2023' },
});
if (!('output' in built)) throw new Error('nothing was built');
process.stdout.write(JSON.stringify(Object.fromEntries(built.output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : String(file.source)]))));
