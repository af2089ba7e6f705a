import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasCode } from '@vsys/primitives';
import { AppError } from './app-error.ts';
import { version } from './version.ts';

/** A module that works, in files that a stranger changes. Published as it is. */
const TEMPLATE = fileURLToPath(new URL('../templates/consensus-module/', import.meta.url));
/** Stands in the template for the name of the module. */
const NAME = /__NAME__/g;
const DEPENDENCIES = ['@vsys/consensus', '@vsys/crypto', '@vsys/data-format', '@vsys/primitives'];

/**
 * Writes the package of a new consensus module into a folder that is empty or not there.
 *
 * @param name - of the module and of the package
 * @returns paths of what was written
 * @throws AppError `FILE_EXISTS`, `USAGE`
 */
export async function ejectModule(folder: string, name: string): Promise<readonly string[]> {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) throw new AppError('USAGE', `"${name}" is no name of a module: begin with a letter, and use at most 31 small letters, digits and hyphens`);
  const there = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  if (there.length > 0) throw new AppError('FILE_EXISTS', `${folder} is not empty and nothing was written; name a new folder`);
  const ofTemplate = (await readdir(TEMPLATE, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = new Map([['package.json', manifestOf(name)]]);
  for (const file of ofTemplate) files.set(file.slice(TEMPLATE.length), (await readFile(file, 'utf8')).replace(NAME, name));
  const written = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [file, text] of written) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text, { flag: 'wx' });
  }
  return written.map(([file]) => join(folder, file));
}

function manifestOf(name: string): string {
  const ofOurs = (names: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(names.map((one) => [one, `^${version}`]));
  const manifest = {
    name, version: '0.1.0', description: 'A consensus module', type: 'module', engines: { node: '>=22' },
    exports: { '.': './src/index.js', './package.json': './package.json' }, files: ['src'], scripts: { test: 'node --test' },
    dependencies: ofOurs(DEPENDENCIES), devDependencies: ofOurs(['@vsys/app-node']),
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
