import type { Height, PeerId } from '@vsys/primitives';
import type { FfgCertificate } from './certificate.ts';
import type { FfgMemory } from './memory.ts';
import type { FfgTally } from './tally.ts';

/** What the gadget of one node knows. Never changed in place. */
export interface FfgState {
  readonly memory: FfgMemory;
  readonly tally: FfgTally;
  /** Certificates above final, by id of the target in hex: those for the highest targets. */
  readonly certificates: ReadonlyMap<string, FfgCertificate>;
  /** Signs nothing before: what was signed earlier is not known. */
  readonly quietUntilMs: number;
  /** Height of the head when others were last asked. */
  readonly asked: Height;
  readonly answeredMs: ReadonlyMap<PeerId, number>;
  /** Voters of whom evidence was told, by key in hex. */
  readonly accused: ReadonlySet<string>;
}
