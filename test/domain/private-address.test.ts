import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPrivateAddress, isPrivateHost } from '../../src/domain/private-address.ts'

describe('private addresses', () => {
  test.each([
    ['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.1.1', '172.31.255.255', '192.168.0.9', '198.19.0.1'],
    ['224.0.0.1', '255.255.255.255', '::', '::1', 'fd00::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1'],
    ['::ffff:10.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::10.0.0.1', '64:ff9b:1::1', '2002:7f00:1::'],
    ['::ffff:0:127.0.0.1', '::ffff:0:a00:1', '100::1', '100::ffff:0:0:1', '5f00::1', '5f00:1::1'],
    ['no address', '', '1.2.3', '010.8.8.8', '8.8.8.256', '1::2::3', '12345::', '1:2:3:4:5:6:7', 'example.org'],
  ])('are these', (...addresses) => {
    expect(addresses.filter((address) => !isPrivateAddress(address))).toEqual([])
  })

  test.each([
    ['8.8.8.8', '172.32.0.1', '100.128.0.1', '198.20.0.1', '223.255.255.255', '2001:db8::1', '2a00:1450::8.8.8.8'],
    ['::ffff:0:8.8.8.8', '100:0:0:1::1', '101::1', '5f01::1'],
    ['::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2002:808:808::1', '1:2:3:4:5:6:7:8', '2001:DB8::', '2606::1%eth0'],
  ])('are not these', (...addresses) => {
    expect(addresses.filter(isPrivateAddress)).toEqual([])
  })

  test('whatever the system takes for no address is one, and all that it takes is told from it', () => {
    const part = fc.constantFrom('', ':', '::', '.', '1', 'ff', '255', '0', '00', 'fffff', '256', 'g', '1.2.3.4', '[')
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
    )
    fc.assert(fc.property(text, (address) => isIP(address) !== 0 || isPrivateAddress(address)))
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        // The same address, as a URL writes it.
        const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
        return isPrivateAddress(address) === isPrivateAddress(canonical)
      }),
    )
  })
})

describe('private hosts', () => {
  test.each([
    'localhost',
    'LOCALHOST',
    'a.localhost',
    'printer',
    'printer.local',
    'x.internal',
    'x.home.arpa.',
    '127.0.0.1',
    '[::1]',
    '[fd00::1]',
    '[nothing]',
    '',
  ])('%s is one', (host) => {
    expect(isPrivateHost(host)).toBe(true)
  })

  test.each(['tracker.example.org', 'example.org.', '8.8.8.8', '[2001:db8::1]', '1.2.3.4.example.org'])(
    '%s is none, as far as its text says',
    (host) => {
      expect(isPrivateHost(host)).toBe(false)
    },
  )
})
