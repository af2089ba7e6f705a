import { accept, CodedError, compareBytes, invariant, refuse, toHex } from '@vsys/primitives';
import type { BlockId, Height, Verdict } from '@vsys/primitives';
import type { Header } from '@vsys/data-format';
import type { BlockTree, FinalCode, TreeCode, TreeEntry, TreeLimits, TreeNode, TreePath } from './model.ts';
import { compareRanks } from './rank.ts';

export class TreeError extends CodedError<'TREE_UNKNOWN_BLOCK' | 'TREE_MISUSE'> {}

export const treeDefaults: TreeLimits = { nodesMax: 100_000, invalidMax: 4_096 };

export interface BlockTreeOptions<D = unknown> {
  /** The block that the tree begins with: genesis, or after a restart the last final block. It counts as executed and final. */
  readonly genesis: Omit<TreeEntry<D>, 'seal'> & { readonly seal?: Uint8Array };
  readonly limits?: Partial<TreeLimits>;
}

interface Node<D> extends TreeNode<D> {
  rank: TreeNode['rank'];
  seal: Uint8Array;
  context: Uint8Array;
  executed: boolean;
  eligible: boolean;
  up: Node<D> | undefined;
  /** An ancestor further up, so that ancestors are found in logarithmic time (skew-binary jump pointers). */
  jump: Node<D> | undefined;
  readonly down: Node<D>[];
  /** Executed, and eligible with all its ancestors above final. */
  viable: boolean;
}

export function createBlockTree<D = unknown>(options: BlockTreeOptions<D>): BlockTree<D> {
  const { nodesMax, invalidMax } = { ...treeDefaults, ...options.limits };
  const nodes = new Map<string, Node<D>>();
  const invalid = new Map<string, string>();
  const root = createNode<D>({ seal: new Uint8Array(0), ...options.genesis }, undefined);
  root.executed = true;
  root.viable = true;
  nodes.set(toHex(root.id), root);
  let final = root;
  let justified = root;
  let head = root;
  /** Undefined: must be searched. */
  let best: Node<D> | undefined = root;

  const find = (id: BlockId): Node<D> | undefined => nodes.get(toHex(id));
  const must = (id: BlockId): Node<D> => {
    const node = find(id);
    if (node === undefined) throw new TreeError('TREE_UNKNOWN_BLOCK', `block ${toHex(id)} is not in the tree`);
    return node;
  };
  const remember = (id: BlockId, code: string): void => {
    if (invalid.size >= invalidMax) invalid.delete(invalid.keys().next().value as string);
    invalid.set(toHex(id), code);
  };
  /** May be head as far as filters go; ranks are compared after. */
  const isCandidate = (node: Node<D>): boolean => node.viable && node.rank !== null && (justified === final || ancestorOf(node, justified.height) === justified);
  const refreshViable = (from: Node<D>): void => {
    const stack = [from];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      node.viable = isViable(node);
      stack.push(...node.down);
    }
    best = undefined;
  };
  const search = (): Node<D> => {
    let found = justified;
    for (const node of nodes.values()) if (isCandidate(node) && (found.rank === null || isBetter(node, found))) found = node;
    return found;
  };
  const removeBranch = (from: Node<D>): Node<D>[] => {
    const removed = descendants(from);
    for (const node of removed) nodes.delete(toHex(node.id));
    return removed;
  };
  const checkMove = (id: BlockId): Verdict<Node<D>, FinalCode> => {
    const node = find(id);
    if (node === undefined) return refuse('TREE_UNKNOWN_BLOCK', 'the block is not in the tree');
    if (!node.executed) return refuse('TREE_NOT_EXECUTED', `the block at height ${node.height} is not executed`);
    return accept(node);
  };

  /** Changes nothing. The parent, when the block may be inserted under it. */
  const checkInsert = (id: BlockId, header: Header): Verdict<Node<D>, TreeCode> => {
    const key = toHex(id);
    if (nodes.has(key)) return refuse('TREE_DUPLICATE', 'the block is in the tree');
    const code = invalid.get(key);
    if (code !== undefined) return refuse('TREE_INVALID', 'the block was found invalid before', { code });
    if (header.height <= final.height) return refuse('TREE_BELOW_FINAL', `height ${header.height} is not above final, ${final.height}`);
    const parent = find(header.parent);
    if (parent === undefined) {
      const cause = invalid.get(toHex(header.parent));
      if (cause === undefined) return refuse('TREE_UNKNOWN_PARENT', 'the parent is not in the tree');
      return refuse('TREE_INVALID', 'the parent was found invalid before', { code: cause });
    }
    if (header.height !== parent.height + 1) return refuse('TREE_HEIGHT', `expected height ${parent.height + 1}, found ${header.height}`);
    if (nodes.size >= nodesMax) return refuse('TREE_FULL', `the tree holds ${nodesMax} blocks above final`);
    return accept(parent);
  };

  return {
    get head() {
      return head;
    },
    get final() {
      return final;
    },
    get justified() {
      return justified;
    },
    get safe() {
      return ancestorOf(head, justified.height) === justified ? justified : final;
    },
    get size() {
      return nodes.size;
    },
    get: find,
    children: (id) => must(id).down,
    leaves: () => [...nodes.values()].filter((node) => node.down.length === 0),
    canInsert: (id, header) => {
      const checked = checkInsert(id, header);
      return checked.ok ? accept(undefined) : checked;
    },
    insertHeader: (entry) => {
      const checked = checkInsert(entry.id, entry.header);
      if (!checked.ok) {
        if (checked.code === 'TREE_INVALID' && !invalid.has(toHex(entry.id))) remember(entry.id, checked.data?.['code'] as string);
        return checked;
      }
      const parent = checked.value;
      const node = createNode(entry, parent);
      parent.down.push(node);
      nodes.set(toHex(entry.id), node);
      return accept(node);
    },
    markExecuted: (id) => {
      const node = must(id);
      invariant(node.up === undefined || node.up.executed, 'a block is executed after its parent');
      if (node.executed) return;
      node.executed = true;
      node.viable = isViable(node);
      if (best !== undefined && isCandidate(node) && isBetter(node, best)) best = node;
    },
    markInvalid: (id, code) => {
      const node = find(id);
      if (node === undefined) {
        remember(id, code);
        return [];
      }
      invariant(!node.executed, 'a block that was executed cannot become invalid');
      if (node.up !== undefined) node.up.down.splice(node.up.down.indexOf(node), 1);
      const removed = removeBranch(node);
      for (const gone of removed) remember(gone.id, code);
      return removed;
    },
    invalidCode: (id) => invalid.get(toHex(id)),
    certify: (id, { rank, seal, context }) => {
      const node = must(id);
      if (node.rank !== null) throw new TreeError('TREE_MISUSE', `the block at height ${node.height} has a rank`);
      node.rank = rank;
      node.seal = seal;
      node.context = context;
      if (best !== undefined && isCandidate(node) && isBetter(node, best)) best = node;
    },
    setEligible: (id, eligible) => {
      const node = must(id);
      if (node === final || node.eligible === eligible) return;
      node.eligible = eligible;
      refreshViable(node);
    },
    bestHead: () => (best ??= search()),
    setHead: (id) => {
      const node = must(id);
      if (!node.executed) throw new TreeError('TREE_MISUSE', `the block at height ${node.height} is not executed`);
      head = node;
    },
    setJustified: (id) => {
      const node = checkMove(id);
      if (!node.ok) return node;
      justified = node.value;
      best = undefined;
      return accept(undefined);
    },
    setFinal: (id) => {
      const verdict = checkMove(id);
      if (!verdict.ok) return verdict;
      const next = verdict.value;
      if (ancestorOf(head, next.height) !== next) return refuse('TREE_HEAD_ELSEWHERE', 'the head does not descend from the block; switch first');
      const finalised: Node<D>[] = [];
      for (let node = next; node !== final; node = node.up as Node<D>) finalised.unshift(node);
      const pruned: Node<D>[] = [];
      for (let i = -1; i < finalised.length - 1; i++) {
        const below = i < 0 ? final : (finalised[i] as Node<D>);
        for (const child of below.down) if (child !== finalised[i + 1]) pruned.push(...removeBranch(child));
        nodes.delete(toHex(below.id));
      }
      if (next === final) return accept({ finalised, pruned });
      if (ancestorOf(justified, next.height) !== next) justified = next;
      final = next;
      next.up = undefined;
      next.jump = undefined;
      next.eligible = true;
      // Jumps must not keep what was forgotten alive.
      for (const node of nodes.values()) if (node !== next && (node.jump as Node<D>).height < next.height) node.jump = next;
      refreshViable(next);
      return accept({ finalised, pruned });
    },
    isAncestor: (ancestor, descendant) => {
      const above = find(ancestor);
      const below = find(descendant);
      return above !== undefined && below !== undefined && ancestorOf(below, above.height) === above;
    },
    ancestorAt: (id, height) => {
      const node = find(id);
      return node === undefined ? undefined : ancestorOf(node, height);
    },
    path: (from, to) => pathBetween(must(from), must(to)),
    locator: () => {
      const ids: BlockId[] = [];
      let distance = 1;
      for (let node: Node<D> | undefined = head; node !== undefined && node !== final; node = ancestorOf(node, node.height - distance)) {
        ids.push(node.id);
        if (ids.length >= 10) distance *= 2;
        if (node.height - distance < final.height) break;
      }
      return [...ids, final.id];
    },
  };
}

function createNode<D>(entry: TreeEntry<D>, up: Node<D> | undefined): Node<D> {
  const { id, header, seal, context, rank } = entry;
  const far = up?.jump;
  // The jump of a node doubles when the last two jumps are of one length.
  const doubles = up !== undefined && far !== undefined && far.jump !== undefined && up.height - far.height === far.height - far.jump.height;
  return {
    id,
    parent: header.parent,
    height: header.height,
    timeMs: header.timeMs,
    header,
    seal,
    context,
    rank,
    timely: entry.timely ?? false,
    executed: false,
    eligible: true,
    data: entry.data,
    up,
    jump: doubles ? far.jump : up,
    down: [],
    viable: false,
  };
}

function isViable<D>(node: Node<D>): boolean {
  return node.executed && node.eligible && (node.up === undefined || node.up.viable);
}

/** Order of heads. A total order: ids differ. */
function isBetter<D>(a: Node<D>, b: Node<D>): boolean {
  if (a.rank === null || b.rank === null) return a.rank !== null;
  const ranks = compareRanks(a.rank, b.rank);
  if (ranks !== 0) return ranks > 0;
  if (a.timely !== b.timely) return a.timely;
  if (a.timeMs !== b.timeMs) return a.timeMs < b.timeMs;
  return compareBytes(a.id, b.id) < 0;
}

function ancestorOf<D>(from: Node<D>, height: Height): Node<D> | undefined {
  let node: Node<D> | undefined = from;
  if (height > from.height) return undefined;
  while (node !== undefined && node.height > height) {
    node = node.jump !== undefined && node.jump.height >= height ? node.jump : node.up;
  }
  return node;
}

function descendants<D>(from: Node<D>): Node<D>[] {
  const found: Node<D>[] = [];
  const stack = [from];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    found.push(node);
    for (const child of node.down) stack.push(child);
  }
  return found;
}

function pathBetween<D>(from: Node<D>, to: Node<D>): TreePath<D> {
  const revert: Node<D>[] = [];
  const apply: Node<D>[] = [];
  let a = from;
  let b = to;
  while (a !== b) {
    if (a.height >= b.height) {
      revert.push(a);
      a = a.up as Node<D>;
    } else {
      apply.unshift(b);
      b = b.up as Node<D>;
    }
  }
  return { revert, apply };
}
