import base from '../jest-preset/package.config.mjs';

// The preset, with the faults of one mutant put into the sources.
export default { ...base, bail: 1, transform: { '^.+\\.ts$': [new URL('./mutate-transform.cjs', import.meta.url).pathname, {}] } };
