import type { Result } from '../../../preload/contract/connectivity.ts'

/** A name that a peer gave itself is cut here. */
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

/** "passed, now fails: tls.intercepted". Undefined stands for a run that had no such row in its scope. */
export function saysChange(before: Result | undefined, after: Result | undefined): string {
  if (before === undefined || after === undefined || before.verdict !== after.verdict || after.verdict === 'skipped')
    return `${past(before)}, ${present(after)}`
  const named = (cause: string): string => (cause === '' ? 'none' : cause)
  return `${still[after.verdict]}: cause ${named(after.cause)}, was ${named(before.cause)}`
}

/**
 * What a person would want to know of a row whose verdict and cause stayed; empty when there is nothing. A far end renews
 * its key and moves to other addresses every day; another issuer or another proxy means that something stepped in between.
 */
export function saysOtherWay(before: Result, after: Result): string {
  if (after.verdict === 'skipped') return ''
  const [was, is] = [before.facts, after.facts]
  const parts: string[] = []
  if (was.issuer !== '' && is.issuer !== '' && was.issuer !== is.issuer)
    parts.push(`its certificate is signed by ${short(is.issuer)}, was by ${short(was.issuer)}`)
  if (was.destination !== '' && is.destination !== '' && was.proxy !== is.proxy)
    parts.push(
      is.proxy === '' ? `goes direct, went through ${was.proxy}` : `goes through ${through(is.proxy, was.proxy)}`,
    )
  return parts.length === 0 ? '' : `${still[after.verdict]}, but ${parts.join('; ')}`
}

const through = (is: string, was: string): string => `${is}, went ${was === '' ? 'direct' : `through ${was}`}`

const short = (name: string): string => (name.length <= nameLimit ? name : `${name.slice(0, nameLimit - 1)}…`)
