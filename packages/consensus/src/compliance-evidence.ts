import { equalBytes } from '@vsys/primitives';
import { createBenchNetwork } from './compliance-network.ts';
import { must } from './compliance-check.ts';
import type { ConsensusCheck, Declared } from './compliance-check.ts';
import { patienceMs } from './compliance-progress.ts';
import type { PublicKeyOf } from './rules.ts';

/** One in so many bytes of a proof is changed. */
const CHANGE_EVERY = 5;

const owesEvidence = ({ provides }: Declared): boolean => provides.evidence === true;

/** Who signs two things that contradict each other, and who never does. */
export const evidenceChecks: readonly ConsensusCheck[] = [
  {
    property: 'evidence',
    name: 'a key at work in two places is found out, and the proof holds against that key only',
    under: owesEvidence,
    run: async (create) => {
      const subject = await create();
      const { keys, consensus } = subject;
      const [twin] = keys;
      must(twin !== undefined && consensus.verifyEvidence !== undefined, 'a module that declares evidence verifies it');
      // The two have other bodies, as two machines with one key would.
      const network = createBenchNetwork(subject, { keys: [...keys, twin] });
      const honest = network.nodes.slice(1, keys.length);
      await network.runUntil(() => honest.every(({ evidence }) => evidence.length > 0), patienceMs(subject));
      await network.close();
      const proofs = honest.flatMap(({ evidence }) => evidence);
      must(proofs.length > 0, 'a key signed two things at a time, and nobody told of it');
      for (const proof of proofs) {
        const verdict = consensus.verifyEvidence(proof);
        must(verdict.ok, `a proof does not hold: ${verdict.ok ? '' : verdict.message}`);
        must(equalBytes(verdict.value.bytes, twin.bytes), 'a proof names a key that is honest');
      }
      const [first] = proofs as [Uint8Array];
      const accuses = (bytes: Uint8Array): PublicKeyOf | undefined => {
        const verdict = consensus.verifyEvidence?.(bytes);
        return verdict?.ok === true ? verdict.value : undefined;
      };
      for (let at = 0; at < first.length; at += CHANGE_EVERY) {
        const named = accuses(first.map((byte, i) => (i === at ? byte ^ 1 : byte)));
        must(named === undefined || equalBytes(named.bytes, twin.bytes), `a proof with byte ${at} changed holds against an honest key`);
      }
      must(accuses(new Uint8Array(0)) === undefined && accuses(first.slice(0, -1)) === undefined && accuses(Uint8Array.of(...first, 0)) === undefined, 'a proof of another length holds');
    },
  },
  {
    property: 'evidence',
    name: 'nobody honest is accused, whatever the network, clocks and restarts do',
    under: owesEvidence,
    run: async (create) => {
      const subject = await create();
      let moments = 0;
      const network = createBenchNetwork(subject, {
        weather: 6,
        skewsMs: [Math.floor(subject.consensus.rules.driftMs / 2)],
        onMoment: ({ restart }, index) => {
          if (++moments % 17 === 0 && moments < 400) restart(index);
        },
      });
      const ms = patienceMs(subject) / 6;
      await network.runFor(ms);
      network.split(subject.keys.map((_, i) => i % 2));
      await network.runFor(ms);
      await network.heal();
      await network.runFor(ms);
      await network.close();
      for (const { evidence } of network.nodes) must(evidence.length === 0, 'somebody honest was accused');
    },
  },
];
