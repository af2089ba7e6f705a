/** Remedies of the calls and the client, the network, the node, the command line and the lowest packages. */
import type { Remedy } from './remedies.ts';

const peer = 'nothing: the node goes on with other peers';
const carrier = 'correct the composition of the node';

export const rpcRemedies: Readonly<Record<string, Remedy>> = {
  RPC_PARSE: ['the request is not JSON', 'send JSON in UTF-8'],
  RPC_REQUEST: ['the request is not one of JSON-RPC 2.0', 'send {"jsonrpc":"2.0","id":1,"method":…,"params":{…}}'],
  RPC_METHOD: ['the node has no such method', 'rpc_discover lists the methods'],
  RPC_PARAMS: ['the parameters do not fit the method', 'correct the one that the message names; rpc_discover tells the forms'],
  RPC_LIMIT: ['the request is above a limit', 'split it'],
  RPC_BUSY: ['the node has too much to do', 'send the same request again a little later'],
  RPC_HOST: ['the request names a host or origin that the node does not serve', 'add it to the allowed hosts or origins of the node'],
  RPC_NOT_FOUND: ['there is nothing with this id or height', 'check it; a new block or transaction may not be here yet'],
  RPC_OUTSIDE_WINDOW: ['the state of this block is no longer kept, or not yet there', 'ask at the head, or at a node that keeps more'],
  RPC_INTERNAL: ['the node failed on its own', 'see the log of the node and report it'],
  RPC_PORT_BUSY: ['another program listens at the port of the calls', 'end it, or set rpc.port to one that is free'],
  RPC_LISTEN: ['the node cannot listen for calls at this address', 'set rpc.host to an address of this machine'],
};

export const clientRemedies: Readonly<Record<string, Remedy>> = {
  CLIENT_UNREACHABLE: ['nobody answers at the url', 'check the url, and that the node runs'],
  CLIENT_TIMEOUT: ['the node did not answer in time', 'try again, or give more time with timeoutMs'],
  CLIENT_WRONG_CHAIN: ['the node serves another chain than the trusted one', 'give the url of a node of this chain, or the spec of that one'],
  CLIENT_BEHIND: ['the answer is of a block that the verified headers do not have, or the node lacks that of the checkpoint', 'ask again at a newer block; if it stays, use another node'],
  CLIENT_PROOF_FAILED: ['the proof does not show the answer under the verified header', 'do not use the answer; use another node'],
  CLIENT_HEADER_REFUSED: ['the node sent a header that the rules of the chain refuse', 'use another node'],
  CLIENT_BAD_ANSWER: ['the answer is not what the call promises', 'check that the url is that of a node of this release'],
  CLIENT_CHECKPOINT: ['the checkpoint is damaged, or of another chain or module', 'begin without it, and keep the one that the client gives then'],
  CLIENT_CLOSED: ['the client was closed while the call was under way, or before', 'make another client'],
};

/** Of `@vsys/client`, the driver for applications. */
export const driverRemedies: Readonly<Record<string, Remedy>> = {
  CLIENT_VALUE: ['a value is none that a document holds', 'leave it out, or give one of the kinds that the README lists'],
  CLIENT_SCHEMA: ['the document is not as its schema says', 'correct the field that the message names, or the schema'],
  CLIENT_UPDATE: ['the update is not made of operators, changes the _id, or matches too many documents', 'use $set and its like, or replaceOne; narrow the filter'],
  CLIENT_SCAN_MAX: ['no index answers the question, and too many documents would have to be looked through', 'make an index, narrow the filter, or set scanMax higher'],
  CLIENT_FEE_MAX: ['the write may cost more than feeMax', 'give a higher feeMax, or write less at once'],
  CLIENT_NO_WALLET: ['a write has no wallet', 'give one: collection.as(wallet)'],
  CLIENT_OWNER: ['whose database is meant is not known, or the account is none', 'name the owner: db({ owner, name }), or use what ensure(wallet) gives'],
  CLIENT_INDEX: ['there is another index of this name', 'give the new index a name of its own'],
  CLIENT_WRITE_RULE: ['the chain knows no such rule of who may write', 'use write: \'owner\''],
  CLIENT_TEST_WALLET: ['a key that everybody can make was used on a chain that is not for tests', 'use a key of your own: Wallet.fromSeed, or Wallet.browser in a page'],
  CLIENT_TRUST: ['which chain to believe in was not said, or not readably', 'give chainId or spec, from a place that is not the node'],
  CLIENT_MODULE: ['the rules of the chain\'s consensus module are not here', 'hand them to connect as rules, or use a newer release'],
  CLIENT_CURSOR: ['a cursor was read twice, changed too late, or its block was undone', 'ask anew with find'],
  CLIENT_LAGGED: ['the reader of changes is so far behind that the node no longer knows all of them', 'read the collection anew, and watch from the block of that answer: { after }'],
  CLIENT_SESSION: ['a write came after its transaction was over', 'await every write inside the function of withTransaction'],
  CLIENT_KEYSTORE: ['the browser cannot keep a key for this page', 'use a newer browser over https, or Wallet.fromSeed'],
};

export const networkRemedies: Readonly<Record<string, Remedy>> = {
  P2P_ABORTED: ['the request was called off', 'nothing'],
  P2P_ADDRESS_INVALID: ['the text is not an address of a host', 'write it like /ip4/192.0.2.1/tcp/9920'],
  P2P_BANNED: ['the peer broke the rules and is banned for a while', peer],
  P2P_BUSY: ['too many requests wait for an answer', 'ask again later, or ask another peer'],
  P2P_CHAIN_JOINED: ['the chain is joined already', carrier],
  P2P_CHAIN_UNKNOWN: ['one of the two hosts does not serve the chain', peer],
  P2P_DIAL_FAILED: ['nobody answers at the address, or it refuses', 'check the address and the firewall; the node tries again'],
  P2P_DISCONNECTED: ['the peer closed the connection', peer],
  P2P_HANDSHAKE_FIRST: ['a message came before the handshake', peer],
  P2P_LIMIT: ['a limit of the network is reached', 'lower the number that the message names'],
  P2P_LISTEN: ['this machine does not let the host listen at the address', 'set p2p.listen to an address of this machine and a free port'],
  P2P_MALFORMED: ['a frame or message does not parse', peer],
  P2P_MESSAGE_TOO_LARGE: ['a message is larger than its topic takes', 'send less at once'],
  P2P_PEERS_FULL: ['there are as many peers as the host takes', peer],
  P2P_PEER_UNKNOWN: ['there is no such peer on this chain', peer],
  P2P_PROTOCOL_NOT_JOINED: ['the chain was joined without this protocol', carrier],
  P2P_PROTOCOL_UNKNOWN: ['the other host does not serve the protocol', peer],
  P2P_RATE_LIMITED: ['the peer asks too often', 'ask more slowly'],
  P2P_REFUSED: ['the other host refused', peer],
  P2P_SERVE_FAILED: ['the other host could not serve the request', peer],
  P2P_STOPPED: ['the network does not run', 'start the node; after a stop, make a new one'],
  P2P_TIMEOUT: ['the peer did not answer in time', peer],
  P2P_TOO_LARGE: ['a request or answer is above its limit', 'ask for less at once'],
  P2P_TOPIC_UNKNOWN: ['the chain was joined without this topic', carrier],
  P2P_VERSION_MISMATCH: ['the two hosts speak different versions of the chain', 'use releases that fit'],
  SYNC_MALFORMED: ['a peer sent what is no message of sync', peer],
  INTERNET_ADDRESS_INVALID: ['the text is not an address', 'write it like /ip4/192.0.2.1/tcp/9920'],
  INTERNET_ADDRESS_UNSUPPORTED: ['the kind of address is not supported', 'use one of those that the message lists'],
  INTERNET_PORTS_BUSY: ['no port of the range is free', 'end what listens there, or give another range'],
  INTERNET_HOST_UNUSABLE: ['this machine cannot listen on the host', 'give an address of this machine'],
};

export const nodeRemedies: Readonly<Record<string, Remedy>> = {
  NODE_MODULE: ['the spec names another consensus module than the node was given, or the module lacks what it says it needs', 'compose the node with the module that the spec names, in a release that is whole'],
  NODE_CONTAINER: ['the node lacks a container of the spec', 'compose the node with it'],
  NODE_PARAMS: ['the consensus module refuses the parameters of the spec', 'correct the spec, which makes another chain'],
  NODE_STATE: ['the node was started twice, or after its stop', 'create another node'],
  NODE_SIGNER_DATA: ['the signer\'s records belong to another chain', 'give this node its own records, or another data folder; never remove those of a key in use'],
  NODE_ENGINE: ['the consensus engine failed, and what it would have done next is unknown', 'start the node again; if it fails at once, restore its durable records from a copy, or report it with the log'],
  NODE_BROKEN: ['a promise of the code itself does not hold, and the node stopped', 'start the node again; if it comes back, report it with the log'],
  SIGNER_NO_KEY: ['the node does not hold the key that is to sign', 'give the key file of the authority'],
};

export const sideRemedies: Readonly<Record<string, Remedy>> = {
  REFERENCE_UNEXPECTED: ['a header names a main block, and the chain has no main chain', 'nothing: the block is dropped'],
  REFERENCE_MISSING: ['a header of a side chain names no main block', 'nothing: the block is dropped'],
  REFERENCE_CHAIN: ['a header names a block of another main chain than the spec\'s', 'nothing: the block is dropped'],
  REFERENCE_HEIGHT: ['a header names a main block below its parent\'s', 'nothing: the block is dropped'],
  REFERENCE_FORK: ['a header and its parent name different main blocks at one height', 'nothing: the block is dropped'],
};

export const appRemedies: Readonly<Record<string, Remedy>> = {
  USAGE: ['the command was not given as it takes it', 'see the command with --help'],
  NETWORK: ['the network failed', 'check the connection and the url'],
  REFUSED: ['the chain refused', 'see the code and message in the answer'],
  NOT_FOUND: ['there is nothing of this name', 'check the name'],
  CONFIG_UNKNOWN: ['the config has a setting that is unknown', 'correct its name as the message suggests'],
  CONFIG_VALUE: ['a setting has a value that does not fit', 'give a value of the kind that the message names'],
  CONFIG_SYNTAX: ['the config is not TOML', 'correct the line that the message names'],
  CONFIG_MISSING: ['there is no config', 'write one with vsys init, or name another with --config'],
  KEY_FILE: ['the key file cannot be read or written', 'check the path and its rights'],
  KEY_EXISTS: ['the key file is there already', 'choose another file; a key is never overwritten'],
  FILE_EXISTS: ['a file is there already and nothing was written', 'choose another folder'],
  ERA_FILE: ['an era record cannot be read, or the chain cannot change its module', 'correct it, or chain.eras, as the message says'],
  SPEC_FILE: ['the spec file does not describe a chain', 'correct it as the message says'],
  MODULE_UNKNOWN: ['the spec names a consensus module that this release does not have', 'use one of those that the message lists, or name the package that has it in consensus.modules'],
  SIMULATE_PARAMS: ['a module cannot be simulated, as it does not say how a new chain begins', 'give it paramsOfNewChain, or describe it as a SimulatedModule'],
  SIMULATE_FINALITY: ['a module cannot be simulated, as it makes nothing final', 'nothing that the simulator judges could break: it has no finality to keep'],
  MODULE_FILE: ['a package or file that consensus.modules names cannot be used', 'install it, or correct it: it exports consensusModules(parts), which gives modules under names that are free'],
  DATA_ROW: ['a row of the data cannot be taken', 'correct the row that the message names'],
  NODE_ENDED: ['a node that was started as a process ended by itself, or did not come up', 'do what the last line of its log says; the message names the log'],
  DATA_FILE: ['a file of data cannot be read or written, or is of something else', 'check the path, or name another file'],
  ADDRESS_NETWORK: ['the address is one of another network than that of the chain', 'ask for the address on this network'],
  PORT_BUSY: ['a port is taken', 'end what listens there, or give another port'],
};

export const foundationRemedies: Readonly<Record<string, Remedy>> = {
  KEY_PUBLIC: ['the bytes are no public key of their scheme', 'give the compressed key of 33 bytes for secp256k1, and 32 bytes for the others'],
  KEY_RANGE: ['a secret of secp256k1 is zero or not below the order of its group', 'make another key'],
  KEY_LENGTH: ['a secret has not 32 bytes', 'give the seed or scalar, not the key file'],
  ADDRESS_FORM: ['the text is not the address of an account', 'write 0x and 40 hexadecimal digits'],
  ADDRESS_CHECKSUM: ['a character of the address was mistyped', 'copy the address again'],
  BASE58_CHARACTER: ['a character is not of Base58', 'copy the text again'],
  BASE58_LENGTH: ['the text is too long for Base58 here', 'copy the text again'],
  CRYPTO_WORKER_DEAD: ['the worker that checks signatures ended', 'send the batch again; another worker starts'],
  CRYPTO_VERIFIER_CLOSED: ['signatures were to be checked after the close', 'create another verifier'],
  BYTES_NOT_HEX: ['the text is not an even number of hexadecimal digits', 'check the text'],
  BYTES_NOT_UTF8: ['the bytes are not UTF-8', 'treat them as binary'],
  BYTES_LENGTH: ['too few bytes, or a number out of range', 'check the length'],
  INVARIANT_BROKEN: ['a promise of the code itself does not hold', 'stop the node and report it with its data'],
};
