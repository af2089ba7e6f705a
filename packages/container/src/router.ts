import { CodedError, type Verdict, accept, refuse } from '@vsys/primitives';
import type { ActorAuthority, Container } from './container.ts';

export class ContainerError extends CodedError<'CONTAINER_AUTHORITY' | 'CONTAINER_DUPLICATE' | 'CONTAINER_NAME'> {}

/** The containers of one chain by name. */
export interface Router {
  find(name: string): Verdict<Container, 'CONTAINER_UNKNOWN'>;
  readonly containers: readonly Container[];
  /** Absent: only those who signed may act. */
  readonly authority?: ActorAuthority;
}

/** @throws ContainerError when two share a name, two decide who may act, or a name is not 1 to 32 lower-case letters, digits and dashes */
export function createRouter(containers: readonly Container[]): Router {
  const byName = new Map<string, Container>();
  for (const container of containers) {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(container.name)) {
      throw new ContainerError('CONTAINER_NAME', `container name must be 1 to 32 of a-z, 0-9 and "-", found ${container.name.length} characters`);
    }
    if (byName.has(container.name)) throw new ContainerError('CONTAINER_DUPLICATE', `two containers are named "${container.name}"`);
    byName.set(container.name, container);
  }
  const deciding = containers.filter(({ authority }) => authority !== undefined);
  if (deciding.length > 1) throw new ContainerError('CONTAINER_AUTHORITY', `${deciding.map(({ name }) => `"${name}"`).join(' and ')} would both decide who may act; a chain has one such container`);
  const authority = deciding[0]?.authority;
  return {
    containers: [...byName.values()],
    ...(authority === undefined ? {} : { authority }),
    find(name) {
      const found = byName.get(name);
      if (found !== undefined) return accept(found);
      return refuse('CONTAINER_UNKNOWN', `no container "${name}" on this chain; it has ${[...byName.keys()].join(', ')}`);
    },
  };
}
