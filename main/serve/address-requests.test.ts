import { expect, it } from 'vitest'
import { groupsOfStat } from './address-requests.ts'

it.each([
  ['4711 (node) S 4000 4711 4000 34816 4711 4194304 0', ['4711', '4711']],
  ['4711 (node) S 4000 4711 4000 34816 4000 4194304 0', ['4711', '4000']],
  ['4711 (a (b) c) S 4000 4711 4000 0 -1 4194304 0', ['4711', '-1']],
  ['', [undefined, undefined]],
])('the process group and that of its terminal are read from "%s"', (stat, groups) => {
  expect(groupsOfStat(stat)).toEqual(groups)
})
