// `npm run laws`: which consensus module is held to which law. docs/testing.md has the same table, and a test holds it to this one.
import { lawsTable, listedModules } from './laws-table.ts';

console.log(lawsTable(await listedModules()));
