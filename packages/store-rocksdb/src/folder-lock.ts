import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { StoreError } from '@vsys/store';

const LOCK = 'LOCK';
const TAKEOVER = 'LOCK.takeover';

/**
 * Keeps a second process out of a folder by a file that names this one. A lock whose process is dead is taken over. Sees
 * only processes of the same machine and the same container: a folder shared further needs its own care.
 *
 * @returns how to let go
 * @throws StoreError `STORE_LOCKED`, naming the process
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, LOCK);
  if (!(await createFile(path))) await takeOver(folder, path);
  return () => rm(path, { force: true });
}

async function takeOver(folder: string, path: string): Promise<void> {
  const takeover = join(folder, TAKEOVER);
  await refuseIfHeld(folder, path);
  // Of two that find the same dead lock only one may remove it, or the slower would remove the faster one's new lock.
  if (!(await createFile(takeover))) {
    throw new StoreError('STORE_LOCKED', `another process is taking over ${folder}: if none is, remove ${takeover}`, { folder });
  }
  try {
    await refuseIfHeld(folder, path);
    await rm(path, { force: true });
    if (!(await createFile(path))) throw new StoreError('STORE_LOCKED', `another process has just opened ${folder}`, { folder });
  } finally {
    await rm(takeover, { force: true });
  }
}

async function refuseIfHeld(folder: string, path: string): Promise<void> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    // Let go in the meantime.
    if ((error as { code?: unknown }).code === 'ENOENT') return;
    throw error;
  }
  const [pidText = '', life = ''] = text.trim().split(' ');
  const pid = Number(pidText);
  // A file without a number in it can only have lost its bytes with the power.
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid)) return;
  // The number may have gone to another process since, after a restart of the machine or container.
  const lifeNow = await lifeOf(pid);
  if (life !== '' && lifeNow !== '' && life !== lifeNow) return;
  throw new StoreError('STORE_LOCKED', `process ${pid} has ${folder} open: end it first, or give this one another folder`, { folder, pid });
}

/** False when the file is there already. Written under another name and linked, so that it is never seen half-written. */
async function createFile(path: string): Promise<boolean> {
  const passing = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(passing, `${process.pid} ${await lifeOf(process.pid)}\n`);
  try {
    await link(passing, path);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(passing, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    return (error as { code?: unknown }).code !== 'ESRCH';
  }
}

/** Which life of this process number: the boot and the start within it. Empty where the system does not tell (not Linux). */
async function lifeOf(pid: number): Promise<string> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces; the start is the 22nd field, the 20th after the brackets.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot}:${start}`;
  } catch {
    return '';
  }
}
