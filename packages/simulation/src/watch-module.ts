import { accept, toHex } from '@vsys/primitives';
import type { ConsensusModule, Effect, Guard } from '@vsys/consensus';

/** A module as it is, and what its engines ask to be signed under which guard. */
export function watchModule(module: ConsensusModule): { readonly module: ConsensusModule; /** The guard that a message was asked for with. */ guardOf(message: Uint8Array): Guard | undefined } {
  const asked = new Map<string, Guard>();
  const note = <S extends { readonly effects: readonly Effect[] }>(step: S): S => {
    for (const effect of step.effects) if (effect.kind === 'sign') asked.set(toHex(effect.bytes), effect.guard);
    return step;
  };
  return {
    guardOf: (message) => asked.get(toHex(message)),
    module: {
      ...module,
      open(params, chainId) {
        const opened = module.open(params, chainId);
        if (!opened.ok) return opened;
        return accept({
          ...opened.value,
          engine(keys) {
            const engine = opened.value.engine(keys);
            return { init: (saved, view, nowMs) => note(engine.init(saved, view, nowMs)), step: (state, input, view) => note(engine.step(state, input, view)) };
          },
        });
      },
    },
  };
}
