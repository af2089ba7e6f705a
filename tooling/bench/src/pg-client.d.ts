/** The client without the pool beside it, which the tests' way of loading modules does not load. */
declare module 'pg/lib/client.js' {
  export { Client as default } from 'pg';
}
