import { type Challenge, parseChallenges } from '../../../lib/rules/challenges.ts'
import type { HttpResponse } from '../facts.ts'

export const challengesOf = ({ headers }: HttpResponse): readonly Challenge[] =>
  parseChallenges(headers['www-authenticate'] ?? '')

/** The first challenge of a scheme. */
export const challengeOf = (response: HttpResponse, scheme: string): Challenge | undefined =>
  challengesOf(response).find((challenge) => challenge.scheme === scheme)

const isUrl = (text: string | undefined): text is string => text !== undefined && /^https?:\/\//i.test(text)

/** The address of the token server that a bearer challenge names (distribution: token authentication). */
export const tokenRealm = (response: HttpResponse, schemes: readonly string[] = ['bearer']): string | undefined =>
  challengesOf(response)
    .filter(({ scheme }) => schemes.includes(scheme))
    .map(({ parameters }) => parameters.get('realm'))
    .find(isUrl)

/** The sign-in page that an Azure service names. */
export function signInPage(response: HttpResponse): string | undefined {
  return challengesOf(response)
    .flatMap(({ parameters }) => [parameters.get('authorization_uri'), parameters.get('authorization')])
    .find(isUrl)
}
