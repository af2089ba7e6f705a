import { createAttestationContainer } from '@vsys/attestation';
import type { Container } from '@vsys/container';
import { createDatabaseContainer } from '@vsys/database';
import { createIdentityContainer } from '@vsys/identity';
import { createModerationContainer } from '@vsys/moderation';
import { createNameContainer } from '@vsys/name';
import { createTokenContainer } from '@vsys/token';

/** The containers that this application carries beside the coin, which every chain has. A builder of another node lists others here. */
export const containers: readonly Container[] = [createAttestationContainer(), createDatabaseContainer(), createIdentityContainer(), createModerationContainer(), createNameContainer(), createTokenContainer()];
