import type { Result } from '../../../preload/contract/connectivity.ts'

/** In characters; a certificate can have an issuer of any length. */
const nameLimit = 120

const withCause = (words: string, cause: string): string => (cause === '' ? words : `${words}: ${cause}`)

function past(result: Result | undefined): string {
  if (result === undefined) return 'was not checked'
  const { verdict, cause } = result
  const words = { pass: 'passed', warn: 'passed with a warning', fail: 'failed', unknown: 'was unknown', skipped: '' }
  return withCause(words[verdict], verdict === 'pass' ? '' : cause)
}

function present(result: Result | undefined): string {
  if (result === undefined) return 'is no longer checked'
  const { verdict, cause } = result
  const words = {
    pass: 'now passes',
    warn: 'now passes with a warning',
    fail: 'now fails',
    unknown: 'is now unknown',
    skipped: '',
  }
  return withCause(words[verdict], verdict === 'pass' ? '' : cause)
}

const still = { pass: 'still passes', warn: 'still has a warning', fail: 'still fails', unknown: 'is still unknown' }

/** "passed, now fails: tls.intercepted". Undefined: the run did not check the endpoint. */
export function changeMessage(before: Result | undefined, after: Result | undefined): string {
  if (before === undefined || after === undefined || before.verdict !== after.verdict || after.verdict === 'skipped')
    return `${past(before)}, ${present(after)}`
  const causeOrNone = (cause: string): string => (cause === '' ? 'none' : cause)
  return `${still[after.verdict]}: cause ${causeOrNone(after.cause)}, was ${causeOrNone(before.cause)}`
}

/**
 * The change of route of a result with the same verdict and cause; empty: none. Servers renew keys and change addresses every
 * day, so only another issuer or another proxy counts: it means that a device intercepts the connection.
 */
export function changeOfRoute(before: Result, after: Result): string {
  if (after.verdict === 'skipped') return ''
  const [was, is] = [before.facts, after.facts]
  const parts: string[] = []
  if (was.issuer !== '' && is.issuer !== '' && was.issuer !== is.issuer)
    parts.push(`its certificate is issued by ${short(is.issuer)}, was by ${short(was.issuer)}`)
  if (was.destination !== '' && is.destination !== '' && was.proxy !== is.proxy)
    parts.push(is.proxy === '' ? `connects directly, used ${was.proxy}` : `uses ${through(is.proxy, was.proxy)}`)
  return parts.length === 0 ? '' : `${still[after.verdict]}, but ${parts.join('; ')}`
}

const through = (is: string, was: string): string => `${is}, ${was === '' ? 'connected directly' : `used ${was}`}`

const short = (name: string): string => (name.length <= nameLimit ? name : `${name.slice(0, nameLimit - 1)}…`)
