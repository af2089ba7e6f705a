// One jest preset for all packages: native ESM, TypeScript through swc, workspace packages read from their sources.
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: new URL('./plain-environment.cjs', import.meta.url).pathname,
  testEnvironmentOptions: { customExportConditions: ['@vsys/source', 'node', 'node-addons', 'import', 'default'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': [new URL('./swc-transform.cjs', import.meta.url).pathname, {}] },
  transformIgnorePatterns: ['/node_modules/'],
  globalTeardown: new URL('./end-at-exit.mjs', import.meta.url).pathname,
  testTimeout: 30_000,
};
