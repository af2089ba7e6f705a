import type { DefineTest } from '@vsys/primitives/compliance';
import { gossipLaws } from './compliance-gossip.ts';
import { handshakeLaws } from './compliance-handshake.ts';
import { lifeLaws } from './compliance-life.ts';
import { requestLaws } from './compliance-requests.ts';
import { createStage } from './compliance-stage.ts';
import type { P2pBench } from './compliance-stage.ts';

export { ComplianceError } from '@vsys/primitives/compliance';
export type { DefineTest } from '@vsys/primitives/compliance';
export type { P2pBench } from './compliance-stage.ts';

export interface P2pCompliance {
  readonly test: DefineTest;
  /** A network of its own for each law. */
  readonly create: () => Promise<P2pBench>;
}

/**
 * The laws of `P2pNetwork`, as tests named by what they ask. Hand in the runner's `test`: nothing of a runner is imported.
 *
 * @example
 * p2pCompliance({ test, create: async () => ({ createHost: (limits) => createMyNetwork({ limits }), pass, dispose }) });
 */
export function p2pCompliance({ test, create }: P2pCompliance): void {
  for (const [name, law] of [...handshakeLaws, ...gossipLaws, ...requestLaws, ...lifeLaws]) {
    test(name, async () => {
      const bench = await create();
      try {
        await law(createStage(bench));
      } finally {
        await bench.dispose();
      }
    });
  }
}
