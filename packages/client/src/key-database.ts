import { clientFailure } from './client-failure.ts';

/** What is used of IndexedDB, as types: the libraries of the compiler have it only together with all that a page has. */
interface Request<T> {
  readonly result: T;
  readonly error: { readonly name: string } | null;
  addEventListener(kind: string, listener: (event: { preventDefault(): void }) => void): void;
}
interface ObjectStore {
  get(name: string): Request<unknown>;
  add(value: unknown, name: string): Request<unknown>;
}
interface Database {
  createObjectStore(name: string): unknown;
  transaction(store: string, mode?: 'readwrite'): { objectStore(name: string): ObjectStore };
  close(): void;
}
interface Factory { open(name: string, version: number): Request<Database> }

const DATABASE = 'vsys-keys';
const STORE = 'keys';

/** Keys of this origin by name. */
export interface KeyDatabase<T> extends Disposable {
  read(name: string): Promise<T | undefined>;
  /** @returns false when there is one of this name */
  add(name: string, kept: T): Promise<boolean>;
}

/** @throws ClientError CLIENT_KEYSTORE */
export async function openKeyDatabase<T>(): Promise<KeyDatabase<T>> {
  const { indexedDB } = globalThis as unknown as { readonly indexedDB?: Factory };
  if (indexedDB === undefined) throw clientFailure('CLIENT_KEYSTORE', 'there is no IndexedDB here, in which a page keeps its keys; use Wallet.fromSeed with a seed that is kept elsewhere');
  const opening = indexedDB.open(DATABASE, 1);
  opening.addEventListener('upgradeneeded', () => void opening.result.createObjectStore(STORE));
  const database = await settled(opening);
  if (database === undefined) throw unusable(opening.error?.name);
  return {
    async read(name) {
      return await settled(database.transaction(STORE).objectStore(STORE).get(name)) as T | undefined;
    },
    async add(name, kept) {
      const adding = database.transaction(STORE, 'readwrite').objectStore(STORE).add(kept, name);
      const added = await settled(adding);
      if (added === undefined && adding.error?.name !== 'ConstraintError') throw unusable(adding.error?.name);
      return added !== undefined;
    },
    [Symbol.dispose]: () => database.close(),
  };
}

/** Undefined when it failed: the request tells why. */
function settled<T>(request: Request<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', (event) => {
      event.preventDefault();
      resolve(undefined);
    });
  });
}

function unusable(reason: string | undefined): Error {
  return clientFailure('CLIENT_KEYSTORE', 'the keys of this page cannot be read or written; private windows may forbid it', { reason });
}
