/** What no consensus module may have to change, and so none may be known in: the same for every rule, down to its words. */
const neutral = new Set(['block-tree', 'transaction', 'p2p', 'sync', 'database']);
/** Nouns of single rules. Other words of theirs, such as proposer and header, belong to all. */
const words = new Set(['stake', 'slot', 'round', 'seat', 'difficulty', 'validator', 'lease', 'mint'].flatMap((word) => [word, `${word}s`]));

/** Words of single consensus rules in sources that all rules share, comments and parts of names included. */
export function neutralProblems(name, where, text) {
  if (!neutral.has(name)) return [];
  const found = new Set((text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase()).filter((word) => words.has(word)));
  return [...found].map((word) => `${where}: says "${word}", a word of single consensus rules; ${name} is the same under all of them`);
}
