import { describe, expect, it } from 'vitest'
import { causeEntry, causes } from '../../main/connectivity/probe/causes.ts'

describe('the table of causes', () => {
  it('has no entry for an inherited property name', () => {
    expect(causeEntry('toString')).toBeUndefined()
    expect(causeEntry('tls.expired')).toBe(causes['tls.expired'])
  })
})
