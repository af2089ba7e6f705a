import { accept, fromHex, refuse, toHex, type Verdict } from '@vsys/primitives';
import { type Document, documentFromJson, documentToJson, type Value } from '@vsys/data-format/value';
import { type Answer, type Explanation, type Query, type QueryCode, queryLimits, type SortField, type Tombstones } from './model.ts';

/** A query on the wire. */
export interface QueryJson {
  /** Hex, 20 bytes. */
  readonly database: string;
  readonly collection: string;
  /** Extended JSON. */
  readonly filter: Readonly<Record<string, unknown>>;
  readonly sort?: readonly SortField[];
  readonly limit?: number;
  /** Hex. */
  readonly after?: string;
}

/** Proofs in base64. */
export interface AnswerJson {
  readonly collectionProof: string;
  readonly rangeProof: string;
  readonly documentsProof: string;
  readonly tombstones?: TombstonesJson;
}

/** Ids in hexadecimal. */
export interface TombstonesJson {
  readonly marks: readonly { readonly moderator: string; readonly on: Tombstones['marks'][number]['on'] }[];
  readonly owner?: string;
  readonly marksProof: string;
}

export type ExplanationJson = Explanation;

export function queryToJson({ database, collection, filter, sort, limit, after }: Query): QueryJson {
  return {
    database: toHex(database), collection, filter: JSON.parse(documentToJson(filter, 'canonical')) as Record<string, unknown>,
    ...(sort === undefined ? {} : { sort }), ...(limit === undefined ? {} : { limit }), ...(after === undefined ? {} : { after: toHex(after) }),
  };
}

const OPERATORS = new Set(['$eq', '$gt', '$gte', '$lt', '$lte']);
const NAMES = new Set(['database', 'collection', 'filter', 'sort', 'limit', 'after']);

/** @param json - what somebody sent: every field is looked at */
export function queryFromJson(json: unknown): Verdict<Query, QueryCode> {
  if (!isRecord(json)) return malformed('a query is an object with database, collection and filter');
  const strange = Object.keys(json).find((name) => !NAMES.has(name));
  if (strange !== undefined) return malformed(`a query has no field "${strange}"; there are ${[...NAMES].join(', ')}`);
  const { collection, limit } = json;
  const database = bytesFrom(json.database);
  if (database?.length !== 20) return malformed('"database" is 40 hex digits');
  if (typeof collection !== 'string') return malformed('"collection" is a name');
  const asked = json.filter ?? {};
  if (!isRecord(asked)) return malformed('"filter" is an object');
  const filter = filterFrom(asked);
  if (!filter.ok) return filter;
  const sort = sortFrom(json.sort);
  if (!sort.ok) return sort;
  if (limit !== undefined && typeof limit !== 'number') return malformed('"limit" is a number');
  const after = json.after === undefined ? undefined : bytesFrom(json.after);
  if (json.after !== undefined && after === undefined) return malformed('"after" is the cursor of an answer, in hex');
  return accept({
    database, collection, filter: filter.value,
    ...(sort.value === undefined ? {} : { sort: sort.value }), ...(limit === undefined ? {} : { limit }), ...(after === undefined ? {} : { after }),
  });
}

/** Operators are names with "$", as Extended JSON's kinds are: they are taken off before values are read. */
function filterFrom(json: Readonly<Record<string, unknown>>): Verdict<Document, QueryCode> {
  const filter = new Map<string, Value>();
  for (const [path, asked] of Object.entries(json)) {
    const isOperators = isRecord(asked) && Object.keys(asked).some((name) => OPERATORS.has(name));
    const read = readValues(isOperators ? asked : { $eq: asked });
    if (!read.ok) return malformed(`"filter": "${path}": ${read.message}`);
    filter.set(path, isOperators ? read.value : read.value.get('$eq') as Value);
  }
  return accept(filter);
}

function readValues(json: Readonly<Record<string, unknown>>): Verdict<Document, string> {
  const read = documentFromJson(JSON.stringify(Object.fromEntries(Object.entries(json).map(([name, value]) => [name.replace(/^\$/, '_'), value]))));
  return read.ok ? accept(new Map([...read.value].map(([name, value]) => [name.replace(/^_/, '$'), value]))) : read;
}

function sortFrom(json: unknown): Verdict<readonly SortField[] | undefined, QueryCode> {
  if (json === undefined) return accept(undefined);
  const right = Array.isArray(json) && json.length <= 16 && json.every((one) => isRecord(one) && typeof one.path === 'string' && (one.direction === 1 || one.direction === -1));
  if (!right) return malformed('"sort" is a list of {"path": …, "direction": 1 or -1}');
  return accept((json as SortField[]).map(({ path, direction }) => ({ path, direction })));
}

export function answerToJson({ collectionProof, rangeProof, documentsProof, tombstones }: Answer): AnswerJson {
  return {
    collectionProof: toBase64(collectionProof), rangeProof: toBase64(rangeProof), documentsProof: toBase64(documentsProof),
    ...(tombstones === undefined ? {} : { tombstones: tombstonesToJson(tombstones) }),
  };
}

export function answerFromJson(json: unknown): Verdict<Answer, QueryCode> {
  if (!isRecord(json)) return malformed('an answer is an object of three proofs');
  const [collectionProof, rangeProof, documentsProof] = [json.collectionProof, json.rangeProof, json.documentsProof].map(fromBase64);
  if (collectionProof === undefined || rangeProof === undefined || documentsProof === undefined) return malformed('a proof of the answer is not base64');
  if (json.tombstones === undefined) return accept({ collectionProof, rangeProof, documentsProof });
  const tombstones = tombstonesFromJson(json.tombstones);
  return tombstones.ok ? accept({ collectionProof, rangeProof, documentsProof, tombstones: tombstones.value }) : tombstones;
}

function tombstonesToJson({ marks, owner, marksProof }: Tombstones): TombstonesJson {
  return { marks: marks.map(({ moderator, on }) => ({ moderator: toHex(moderator), on })), ...(owner === undefined ? {} : { owner: toHex(owner) }), marksProof: toBase64(marksProof) };
}

function tombstonesFromJson(json: unknown): Verdict<Tombstones, QueryCode> {
  if (!isRecord(json) || !Array.isArray(json.marks) || json.marks.length > queryLimits.documentsMax) return malformed(`tombstones have a list of at most ${queryLimits.documentsMax} marks, and their proof`);
  const [owner, marksProof] = [json.owner === undefined ? undefined : idFrom(json.owner), fromBase64(json.marksProof)];
  if (marksProof === undefined || (json.owner !== undefined && owner === undefined)) return malformed('the owner in tombstones is 20 bytes in hexadecimal, their proof base64');
  const marks: Tombstones['marks'][number][] = [];
  for (const mark of json.marks as readonly unknown[]) {
    const moderator = isRecord(mark) ? idFrom(mark.moderator) : undefined;
    const on = isRecord(mark) ? ON.find((kind) => kind === mark.on) : undefined;
    if (moderator === undefined || on === undefined) return malformed('a mark has "moderator", 20 bytes in hexadecimal, and what it is "on"');
    marks.push({ moderator, on });
  }
  return accept({ marks, ...(owner === undefined ? {} : { owner }), marksProof });
}

const ON = ['document', 'collection', 'database', 'person'] as const;

function idFrom(value: unknown): Uint8Array | undefined {
  const bytes = bytesFrom(value);
  return bytes?.length === 20 ? bytes : undefined;
}

const malformed = (message: string): Verdict<never, 'QUERY_MALFORMED'> => refuse('QUERY_MALFORMED', message);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bytesFrom(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' && /^(?:[0-9a-f]{2})*$/.test(value) && value.length <= 512 ? fromHex(value) : undefined;
}

// `btoa` is what browsers and Node share; it takes text of one byte per character.
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(text);
}

function fromBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
