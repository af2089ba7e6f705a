import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'smol-toml';
import { AppError } from './app-error.ts';
import { environmentName, flagName, type Setting, settings } from './settings.ts';

export type ConfigSource = 'flag' | 'environment' | 'file' | 'default';
export type ConfigValue = string | number | readonly string[];

export interface ConfigEntry {
  readonly setting: Setting;
  readonly value: ConfigValue;
  readonly source: ConfigSource;
}

export interface Config {
  readonly entries: ReadonlyMap<string, ConfigEntry>;
  /** Paths in the config file are relative to here. */
  readonly folder: string;
  text(path: string): string;
  number(path: string): number;
  list(path: string): readonly string[];
  /** A text setting as a path of the file system: from the folder of the config file, or from where a flag or variable was typed. */
  file(path: string): string;
  /** The same for a list. */
  files(path: string): readonly string[];
  /** The folder that paths of a setting start at. */
  startOf(path: string): string;
}

/**
 * Flag before environment before file before default.
 *
 * @param flags - by setting path, as typed
 * @throws AppError with the setting, where it came from, and what is expected
 */
export function readConfig(path: string, flags: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv, { required = false }: { required?: boolean } = {}): Config {
  const fromFile = readFile(path, required);
  const entries = new Map<string, ConfigEntry>();
  for (const setting of settings) {
    const flag = flags[setting.path];
    const variable = environment[environmentName(setting.path)];
    const inFile = fromFile.get(setting.path);
    if (flag !== undefined) entries.set(setting.path, { setting, value: fromText(setting, flag, flagName(setting.path)), source: 'flag' });
    else if (variable !== undefined) entries.set(setting.path, { setting, value: fromText(setting, variable, environmentName(setting.path)), source: 'environment' });
    else if (inFile !== undefined) entries.set(setting.path, { setting, value: check(setting, inFile, `${setting.path} in ${path}`), source: 'file' });
    else entries.set(setting.path, { setting, value: setting.fallback, source: 'default' });
  }
  for (const name of Object.keys(environment)) {
    if (name.startsWith('V_') && name.includes('__') && !settings.some((setting) => environmentName(setting.path) === name)) throw unknown(name, settings.map((setting) => environmentName(setting.path)));
  }
  const folder = dirname(resolve(path));
  const entry = (name: string): ConfigEntry => entries.get(name) as ConfigEntry;
  const value = (name: string): ConfigValue => entry(name).value;
  const startOf = (name: string): string => (['flag', 'environment'].includes(entry(name).source) ? process.cwd() : folder);
  return {
    entries, folder, startOf,
    text: (name) => value(name) as string,
    number: (name) => value(name) as number,
    list: (name) => value(name) as readonly string[],
    file: (name) => resolve(startOf(name), value(name) as string),
    files: (name) => (value(name) as readonly string[]).map((one) => resolve(startOf(name), one)),
  };
}

function readFile(path: string, required: boolean): Map<string, unknown> {
  const values = new Map<string, unknown>();
  if (!existsSync(path)) {
    if (required) throw new AppError('CONFIG_MISSING', `there is no ${path}; write one with: vsys init, or name another with --config`);
    return values;
  }
  let table: Record<string, unknown>;
  try {
    table = parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new AppError('CONFIG_SYNTAX', `${path} is not TOML: ${(error as Error).message.split('\n')[0]}`);
  }
  for (const [section, fields] of Object.entries(table)) {
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw unknown(section, settings.map((setting) => setting.path));
    for (const [name, value] of Object.entries(fields)) {
      const full = `${section}.${name}`;
      if (!settings.some((setting) => setting.path === full)) throw unknown(full, settings.map((setting) => setting.path));
      values.set(full, value);
    }
  }
  return values;
}

/** A setting that would be passed over in silence is an error with a suggestion. */
function unknown(name: string, known: readonly string[]): AppError {
  const nearest = nearestOf(name, known);
  return new AppError('CONFIG_UNKNOWN', `there is no setting "${name}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`);
}

export function nearestOf(name: string, known: readonly string[]): string | undefined {
  const ranked = known.map((one) => ({ one, distance: editDistance(name.toLowerCase(), one.toLowerCase()) })).toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, Math.floor(name.length / 3)) ? best.one : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] as number;
}

function fromText(setting: Setting, text: string, where: string): ConfigValue {
  // What is no decimal number stays a text, so that the refusal shows it as it was typed.
  if (setting.kind === 'number') return check(setting, /^\d+$/.test(text.trim()) ? Number(text) : text, where);
  if (setting.kind === 'list') return check(setting, text.split(',').map((one) => one.trim()).filter((one) => one !== ''), where);
  return check(setting, text, where);
}

function check(setting: Setting, value: unknown, where: string): ConfigValue {
  const wrong = (expected: string): AppError => new AppError('CONFIG_VALUE', `${where} must be ${expected}; it is ${JSON.stringify(value)}`);
  switch (setting.kind) {
    case 'number': {
      const { min = 0, max = Number.MAX_SAFE_INTEGER } = setting;
      if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) throw wrong(`a whole number from ${min} to ${max}`);
      return value;
    }
    case 'list':
      if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) throw wrong('a list of texts');
      return value as string[];
    case 'choice':
      if (typeof value !== 'string' || !(setting.choices as readonly string[]).includes(value)) throw wrong(`one of ${(setting.choices as readonly string[]).join(', ')}`);
      return value;
    case 'text':
      if (typeof value !== 'string' || (value === '' && setting.fallback !== '')) throw wrong('a text');
      return value;
  }
}

/** The file with every setting, its default and what it is for. */
export function writeConfigText(values: Readonly<Record<string, ConfigValue>> = {}): string {
  const lines = ['# Every setting of the node. A flag or an environment variable comes before this file; `vsys node config` shows which won.'];
  let section = '';
  for (const setting of settings) {
    const [part, name] = setting.path.split('.') as [string, string];
    if (part !== section) lines.push('', `[${part}]`);
    section = part;
    lines.push(`# ${setting.about}${setting.choices === undefined ? '' : `: ${setting.choices.join(', ')}`}  (${environmentName(setting.path)}, ${flagName(setting.path)})`);
    lines.push(`${name} = ${JSON.stringify(values[setting.path] ?? setting.fallback)}`);
  }
  return `${lines.join('\n')}\n`;
}
