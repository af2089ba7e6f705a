import { accept } from '@vsys/primitives';
import type { Consensus, ConsensusModule } from '@vsys/consensus';
import { isFirstOfEpoch, type Seat, SEAT_LIST_KEY, seatListToBytes, SPOS_CONTAINER, sposParamsFromBytes } from '@vsys/consensus-spos';

/**
 * `spos@1` with seats that never rest: in place of the stake, a container wants a list with another seat left out for every epoch. So a run has a
 * handover every few blocks, with all that can go wrong meanwhile.
 */
export function withRotatingSeats(module: ConsensusModule): ConsensusModule {
  return {
    ...module,
    open(bytes, chainId) {
      const opened = module.open(bytes, chainId);
      const params = sposParamsFromBytes(bytes);
      if (!opened.ok) return opened;
      if (!params.ok) return params;
      const { seats, epochBlocks } = params.value;
      return accept({ ...opened.value, containers: [rotation(seats, epochBlocks)] });
    },
  };
}

function rotation(seats: readonly Seat[], epochBlocks: number): Consensus['containers'][number] {
  return {
    name: SPOS_CONTAINER,
    version: 1,
    check: () => accept(undefined),
    touches: () => [],
    execute: () => accept(new Uint8Array()),
    endBlock({ block: { height }, state }) {
      if (!isFirstOfEpoch({ epochBlocks }, height)) return;
      const out = (height / epochBlocks) % seats.length;
      state.set(SEAT_LIST_KEY, seatListToBytes(seats.filter((_, i) => i !== out)));
    },
  };
}
