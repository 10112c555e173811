import type { SettingDefinitions } from './setting-definition.ts'
import { listOf, oneOf, orNull, parseFile, parseIpAddress, parseSwitch, wholeNumber } from './setting-parsers.ts'

const MILLION = 1_000_000

/** What the API allows to whom, on a network that means it ill. */
export const NETWORK_SETTINGS: SettingDefinitions<
  | 'trustedProxies'
  | 'maxConnections'
  | 'connectionsPerAddress'
  | 'subscriptionsPerCaller'
  | 'operationsPerSecond'
  | 'anonymousOperationsPerSecond'
  | 'introspection'
  | 'graphiql'
  | 'persistedOperations'
  | 'onlyPersisted'
> = {
  trustedProxies: {
    group: 'API',
    placeholder: 'addresses',
    default: 'none',
    description:
      'Addresses of reverse proxies on other machines, whose X-Forwarded-For says who asks; those on this one always do.',
    parse: listOf(parseIpAddress),
  },
  maxConnections: {
    group: 'API',
    placeholder: 'number',
    default: '20000',
    description: 'Connections to the API in all; more are closed as they come.',
    parse: wholeNumber(1, MILLION),
  },
  connectionsPerAddress: {
    group: 'API',
    placeholder: 'number',
    default: '2000',
    description:
      'Connections from one address, or IPv6 network of 64 bits; more are answered 429. Loopback has no limit.',
    parse: wholeNumber(1, MILLION),
  },
  subscriptionsPerCaller: {
    group: 'API',
    placeholder: 'number',
    default: '5000',
    description: 'Subscriptions of one token at a time; one address without a token has 100.',
    parse: wholeNumber(1, MILLION),
  },
  operationsPerSecond: {
    group: 'API',
    placeholder: 'number',
    default: '200',
    description:
      'Operations a second of one token, on average over ten; one that costs 1,000 fields more counts as one more.',
    parse: wholeNumber(1, MILLION),
  },
  anonymousOperationsPerSecond: {
    group: 'API',
    placeholder: 'number',
    default: '20',
    description: 'The same of one address without a token.',
    parse: wholeNumber(1, MILLION),
  },
  introspection: {
    group: 'API',
    placeholder: 'when',
    default: 'auto',
    description: 'Who may ask for the schema: auto, who shows a token or needs none; on, everybody; off, nobody.',
    parse: oneOf('auto', 'on', 'off'),
  },
  graphiql: {
    group: 'API',
    placeholder: 'when',
    default: 'auto',
    description: 'Who is shown the page for trying the API out: auto, who needs no token; on, everybody; off, nobody.',
    parse: oneOf('auto', 'on', 'off'),
  },
  persistedOperations: {
    group: 'API',
    placeholder: 'file',
    default: 'none',
    description: 'A JSON file from SHA-256 to document, which clients may then ask for by the hash alone.',
    parse: orNull('none', parseFile),
  },
  onlyPersisted: {
    group: 'API',
    placeholder: 'on|off',
    default: 'off',
    description: 'Whether nothing else may be asked for, save by nodes that follow this one and by the command line.',
    parse: parseSwitch,
  },
}
