import { accept, equalBytes, refuse } from '@vsys/primitives';
import type { Refusal, Verdict } from '@vsys/primitives';
import type { ChainSpec, Header } from '@vsys/data-format';

/**
 * Where a block stands by its reference to the main chain. None of these depends on the block alone: a block whose reference left the
 * canonical main chain is ineligible now, never invalid, and its sender is not at fault.
 */
export type Eligibility =
  | { readonly kind: 'eligible' }
  /** The main block is not known here yet, or not deep enough: keep the block and ask again. */
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'ineligible'; readonly reason: string };

/** Rules about main-chain references, for one chain. A consensus module never sees them. */
export interface ReferenceRules {
  /** What can be judged from the two headers alone, for ever. A refusal makes the block invalid. */
  checkForm(child: Header, parent: Header): Verdict<void, ReferenceCode>;
  /** Against the main chain as this node sees it now. */
  check(child: Header, parent: Header): Eligibility;
}

export type ReferenceCode = 'REFERENCE_UNEXPECTED' | 'REFERENCE_MISSING' | 'REFERENCE_CHAIN' | 'REFERENCE_HEIGHT' | 'REFERENCE_FORK';

const ELIGIBLE: Eligibility = { kind: 'eligible' };

/** Rules of a chain that stands alone: no header may name a main chain. */
export const noMainChain: ReferenceRules = {
  checkForm: (child) => (child.mainReference === undefined ? accept(undefined) : refuse('REFERENCE_UNEXPECTED', 'the chain has no main chain, but the header names one')),
  check: (child) => (child.mainReference === undefined ? ELIGIBLE : { kind: 'ineligible', reason: 'the chain has no main chain' }),
};

/** What `mainChainRules` asks of the main chain, which runs in the same process. */
export interface MainChainView {
  readonly final: { readonly height: number };
  /** Header of a block on the canonical main chain. */
  canonicalAt(height: number): { readonly id: Uint8Array; readonly timeMs: number } | undefined;
}

/**
 * Rules of a side chain whose blocks name final main blocks (policy `final`): references never go back, name the spec's main chain, are
 * final there, and are not younger than the block. Because only final blocks are named, ancestry on the main chain is order of height,
 * and a reorganisation of the main chain never touches the side chain.
 */
export function mainChainRules(spec: Pick<ChainSpec, 'mainReference'>, main: MainChainView): ReferenceRules {
  const start = spec.mainReference;
  const checkForm = (child: Header, parent: Header): Verdict<void, ReferenceCode> => {
    const reference = child.mainReference;
    if (reference === undefined) return refuse('REFERENCE_MISSING', 'the header names no main block');
    const before = parent.mainReference ?? start;
    if (start === undefined || before === undefined || !equalBytes(reference.chainId, start.chainId)) {
      return refuse('REFERENCE_CHAIN', 'the header names a block of another chain than the spec\'s main chain');
    }
    if (reference.height < before.height) return refuse('REFERENCE_HEIGHT', `main height ${reference.height} is below the parent's, ${before.height}`);
    if (reference.height === before.height && !equalBytes(reference.blockId, before.blockId)) {
      return refuse('REFERENCE_FORK', `the header and its parent name different main blocks at height ${reference.height}`);
    }
    return accept(undefined);
  };
  return {
    checkForm,
    check: (child, parent) => {
      const form: Verdict<void> | Refusal = checkForm(child, parent);
      if (!form.ok) return { kind: 'ineligible', reason: form.message };
      const reference = child.mainReference;
      if (reference === undefined) return { kind: 'ineligible', reason: 'the header names no main block' };
      if (reference.height > main.final.height) return { kind: 'wait', reason: `main height ${reference.height} is not final here` };
      const block = main.canonicalAt(reference.height);
      if (block === undefined) return { kind: 'wait', reason: `main height ${reference.height} is not known here` };
      if (!equalBytes(block.id, reference.blockId)) return { kind: 'ineligible', reason: `another main block is final at height ${reference.height}` };
      if (block.timeMs > child.timeMs) return { kind: 'ineligible', reason: 'the main block is younger than the block' };
      return ELIGIBLE;
    },
  };
}
