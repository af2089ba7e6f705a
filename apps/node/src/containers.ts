import type { Container } from '@vsys/container';
import { createDatabaseContainer } from '@vsys/database';

/** The containers that this application carries beside the coin, which every chain has. A builder of another node lists others here. */
export const containers: readonly Container[] = [createDatabaseContainer()];
