import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const NODE_ARGS = ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning'];

/** The application of the guide, as it stands there, but for where the node listens: the port may be taken here. */
export function guideApp(url: string): string {
  const code = /as it stands here[^]*?\n```ts\n([^]*?)```/.exec(readFileSync(at('../../../docs/guide/first-app.md'), 'utf8'))?.[1];
  if (code === undefined || code.split('http://localhost:9922').length !== 2) throw new RangeError('the guide has no application that connects to http://localhost:9922');
  return code.replace('http://localhost:9922', url);
}

export interface Dev extends AsyncDisposable {
  readonly url: string;
}

/** `vsys dev` in a folder, up and listening. */
export async function startDev(folder: string, ...args: readonly string[]): Promise<Dev> {
  const child: ChildProcess = spawn(process.execPath, [...NODE_ARGS, at('../../../apps/node/src/vsys.ts'), 'dev', '--json', '--stop-with-stdin', ...args], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  let printed = '';
  for await (const text of child.stdout as NodeJS.ReadableStream) {
    printed += String(text);
    const rpc = /"rpc": *"([^"]+)"/.exec(printed)?.[1];
    if (rpc !== undefined && printed.includes('}')) {
      return {
        url: rpc,
        async [Symbol.asyncDispose]() {
          child.stdin?.end();
          await ended;
        },
      };
    }
  }
  throw new Error('vsys dev ended before it was up');
}

/** What a program prints, line by line. @throws what it says when it fails */
export async function runInNode(code: string): Promise<readonly string[]> {
  return (await runNode(['--input-type=module-typescript', '-'], code)).trim().split('\n');
}

/** The files of a page with one script, built by Vite from sources, by path. */
export async function buildPage(code: string): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries(JSON.parse(await runNode([at('build-page.ts')], code)) as Record<string, string>));
}

async function runNode(args: readonly string[], stdin: string): Promise<string> {
  const child = spawn(process.execPath, [...NODE_ARGS, ...args], { cwd: at('..'), stdio: 'pipe' });
  let out = '';
  let err = '';
  child.stdout.on('data', (text: Buffer) => { out += text.toString(); });
  child.stderr.on('data', (text: Buffer) => { err += text.toString(); });
  child.stdin.end(stdin);
  const status = await new Promise((resolve) => void child.once('close', resolve));
  if (status !== 0) throw new Error(`it ended with ${String(status)}: ${err}${out}`);
  return out;
}
