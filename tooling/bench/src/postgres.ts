import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { once } from 'node:events';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type pg from 'pg';
import Client from 'pg/lib/client.js';
import { BenchError } from './options.ts';

/** A server of its own, on a socket in its folder and on no network, as Debian's packages bring it: none of its settings are changed. */
export interface Postgres extends AsyncDisposable {
  readonly version: string;
  readonly client: pg.Client;
  /** Processor time of the server and all its processes so far, in milliseconds. */
  cpuMs(): number;
}

const MS_PER_TICK = 10;
const READY = /database system is ready to accept connections/;

/**
 * Makes a cluster in the folder and starts it; undefined where there is no PostgreSQL, on PATH or where Debian has it.
 *
 * @throws BenchError `BENCH_FAILED` when it is there and does not start
 */
export async function startPostgres(folder: string): Promise<Postgres | undefined> {
  const programs = findPrograms();
  if (programs === undefined) return undefined;
  await mkdir(folder, { recursive: true });
  // The server refuses to run as root: another user must reach the folder, and own it.
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  if (user !== undefined) {
    await chmod(dirname(folder), 0o755);
    await chown(folder, user.uid, user.gid);
  }
  const data = join(folder, 'data');
  await runToEnd(join(programs, 'initdb'), ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8', '--locale=C'], { cwd: folder, ...user });
  const server = spawn(join(programs, 'postgres'), ['-D', data, '-k', folder, '-c', 'listen_addresses='], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...user });
  const stop = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGINT');
    await ended;
  };
  try {
    await ready(server);
    const client = new Client({ host: folder, user: 'bench', database: 'postgres' });
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return {
      client, version: rows[0]?.server_version ?? 'unknown', cpuMs: () => cpuMsOf(server.pid as number),
      async [Symbol.asyncDispose]() {
        await client.end();
        await stop();
      },
    };
  } catch (cause) {
    await stop();
    throw new BenchError('BENCH_FAILED', `PostgreSQL in ${programs} did not start: ${String(cause)}`, { cause });
  }
}

/** Where `initdb` and `postgres` are, the newest of Debian's first after PATH. */
function findPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = attempt(() => readdirSync(debian))?.toSorted((a, b) => Number(b) - Number(a)) ?? [];
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...versions.map((version) => join(debian, version, 'bin'))];
  return folders.find((at) => at !== '' && ['initdb', 'postgres'].every((name) => attempt(() => (accessSync(join(at, name)), realpathSync(join(at, name)))) !== undefined));
}

function unprivilegedUser(): { readonly uid: number; readonly gid: number } {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const [, , uid, gid] = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody') ?? [];
  if (uid === undefined || gid === undefined) throw new BenchError('BENCH_FAILED', 'PostgreSQL does not run as root, and there is no user postgres or nobody');
  return { uid: Number(uid), gid: Number(gid) };
}

async function runToEnd(program: string, args: readonly string[], options: { readonly cwd: string; readonly uid?: number; readonly gid?: number }): Promise<void> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new BenchError('BENCH_FAILED', `${program} ended with ${code}: ${said.trim()}`);
}

/** The server tells on its standard error when it takes connections; what it tells later is thrown away. */
async function ready(server: ChildProcess): Promise<void> {
  const said: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  createInterface({ input: server.stderr as NonNullable<ChildProcess['stderr']> }).on('line', (line) => {
    if (READY.test(line)) resolve();
    if (said.length < 20) said.push(line);
  });
  server.once('error', reject);
  server.once('exit', () => reject(new Error(said.join('\n'))));
  await promise;
}

/** With the processes that ended before, and those that run now: each connection has one. NaN where the system has no /proc. */
function cpuMsOf(server: number): number {
  let ticks = ticksOf(server, true)?.ticks ?? Number.NaN;
  for (const name of attempt(() => readdirSync('/proc')) ?? []) {
    const process = /^\d+$/.test(name) ? ticksOf(Number(name), false) : undefined;
    if (process?.parent === server) ticks += process.ticks;
  }
  return MS_PER_TICK * ticks;
}

function ticksOf(pid: number, withEnded: boolean): { readonly parent: number; readonly ticks: number } | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === undefined) return undefined;
  // Behind the name, which may hold spaces: the parent is the 2nd field, user and system time the 12th and 13th, those of ended children follow.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
  return { parent: fields[1] as number, ticks: fields.slice(11, withEnded ? 15 : 13).reduce((sum, field) => sum + field, 0) };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
