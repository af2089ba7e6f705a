import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { verifySignature } from '@vsys/crypto';
import type { ConsensusModule, VerifySignature } from '@vsys/consensus';
import { AppError } from './app-error.ts';
import { addModules } from './modules.ts';
import { environmentName } from './settings.ts';

/** What a package with consensus modules exports. */
export interface ModulePackage {
  /** Gets what is the node's to choose. */
  consensusModules(parts: { readonly verifySignature: VerifySignature }): readonly ConsensusModule[];
}

const carried = new Set<string>();
const makers = new Map<string, (verifySignature: VerifySignature) => ConsensusModule>();

/**
 * Imports packages and files with consensus modules that this program does not bring, and takes their modules in. Once each.
 *
 * @param names - of packages, looked for from `folder` up and then beside this program; or paths, which begin with a dot or a slash
 * @throws AppError `MODULE_FILE`
 */
export async function carryModules(names: readonly string[], folder: string): Promise<void> {
  for (const name of names) {
    const url = urlOf(name, folder);
    if (carried.has(url)) continue;
    const exported: Partial<ModulePackage> = await import(url).catch((cause: unknown) => {
      throw new AppError('MODULE_FILE', `${name} cannot be imported: ${(cause as Error).message.split('\n')[0]}`, { cause });
    });
    const modules = modulesOf(name, exported, verifySignature);
    addModules(modules, name);
    for (const { id } of modules) makers.set(id, (verify) => modulesOf(name, exported, verify).find((module) => module.id === id) as ConsensusModule);
    carried.add(url);
  }
}

/** Makes a module that was carried in, by its name without the version, with another check of signatures: the simulator has one of its own. */
export function carriedModule(name: string): ((verifySignature: VerifySignature) => ConsensusModule) | undefined {
  return [...makers].find(([id]) => id.split('@')[0] === name)?.[1];
}

export function carriedNames(): readonly string[] {
  return [...makers.keys()].map((id) => id.split('@')[0] as string);
}

/** What the environment names, as a config keeps it: for what is known before a config is read, and for commands that write one. */
export function modulesOfEnvironment(): readonly string[] {
  const names = process.env[environmentName('consensus.modules')] ?? '';
  return wholeModuleNames(names.split(',').map((name) => name.trim()).filter((name) => name !== ''), process.cwd());
}

/** Paths are for where they were typed; a config that is written keeps them whole. */
export function wholeModuleNames(names: readonly string[], folder: string): readonly string[] {
  return names.map((name) => (isPath(name) ? resolve(folder, name) : name));
}

function modulesOf(name: string, exported: Partial<ModulePackage>, verify: VerifySignature): readonly ConsensusModule[] {
  if (typeof exported.consensusModules !== 'function') throw new AppError('MODULE_FILE', `${name} exports no function "consensusModules", which is where the node looks for modules`);
  const modules: unknown = exported.consensusModules({ verifySignature: verify });
  if (!Array.isArray(modules)) throw new AppError('MODULE_FILE', `consensusModules of ${name} gives no list of modules`);
  for (const module of modules as readonly Partial<ConsensusModule>[]) {
    if (typeof module.id !== 'string' || !/^[a-z][a-z0-9-]*@\d+$/.test(module.id)) throw new AppError('MODULE_FILE', `a module of ${name} has the id ${JSON.stringify(module.id)}; expected a name and a version, such as "pow@1"`);
    if (typeof module.open !== 'function' || typeof module.paramsFromJson !== 'function') throw new AppError('MODULE_FILE', `${module.id} of ${name} is no consensus module`);
  }
  return modules as readonly ConsensusModule[];
}

function isPath(name: string): boolean {
  return name.startsWith('.') || isAbsolute(name);
}

function urlOf(name: string, folder: string): string {
  if (isPath(name)) return pathToFileURL(resolve(folder, name)).href;
  for (const from of [join(folder, 'node.toml'), import.meta.filename]) {
    try {
      return pathToFileURL(createRequire(from).resolve(name)).href;
    } catch {
      // Looked for beside the config first, then beside the program.
    }
  }
  throw new AppError('MODULE_FILE', `there is no package "${name}" in ${folder}, above it or beside this program; install it: npm install ${name}`);
}
