import { getCACertificates } from 'node:tls'
import { EnvHttpProxyAgent, request } from 'undici'
import { boundedText } from '../../../lib/bounded-text.ts'
import { inParallel } from '../../../lib/concurrency/in-parallel.ts'
import { connectionCode } from '../../registry/connection-code.ts'
import {
  basicAuthorization,
  bearerAuthorization,
  type RegistryLogin,
  tokenAddress,
  wantsBasic,
} from '../../registry/login.ts'
import { acceptedManifests } from '../../registry/manifest-types.ts'
import type { ImageReference } from '../rules/image-reference.ts'

/** What a registry answers to the question for a manifest, from this computer. */
export interface ImageAnswer {
  readonly image: string
  readonly outcome: 'found' | 'missing' | 'denied' | 'unreachable'
  readonly detail: string
}

const imagesAtOnce = 8
const imagesAtMost = 100
/** The default tier of the preflight takes less than 3 s. */
const answerLimitMs = 2_500
const tokenLimitBytes = 65_536

/** Asks each registry for the manifest of its image by HEAD, which transfers nothing. Throws only the abort reason. `ca`: trusted roots. */
export async function imageAnswers(
  images: readonly ImageReference[],
  logins: ReadonlyMap<string, RegistryLogin>,
  signal: AbortSignal,
  ca: readonly string[] = [...getCACertificates('default'), ...getCACertificates('system')],
): Promise<ImageAnswer[]> {
  const dispatcher = new EnvHttpProxyAgent({
    connect: { ca: [...ca], timeout: answerLimitMs },
    requestTls: { ca: [...ca] },
  })
  try {
    return await inParallel(images.slice(0, imagesAtMost), imagesAtOnce, async (reference) => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)])
      try {
        return { image: reference.image, ...(await ask(reference)) }
      } catch (error) {
        signal.throwIfAborted()
        const detail = limit.aborted ? `no answer within ${answerLimitMs / 1_000} s` : connectionCode(error)
        return { image: reference.image, outcome: 'unreachable', detail: `${reference.registry}: ${detail}` }
      }

      async function ask({ registry, repository, version }: ImageReference): Promise<Omit<ImageAnswer, 'image'>> {
        const url = `https://${registry}/v2/${repository}/manifests/${version}`
        const send = (authorization?: string) =>
          request(url, {
            method: 'HEAD',
            dispatcher,
            signal: limit,
            headers: { accept: acceptedManifests, ...(authorization === undefined ? {} : { authorization }) },
          })
        const login = logins.get(registry)
        let { statusCode, headers } = await send()
        if (statusCode === 401) {
          const challenge = String(headers['www-authenticate'] ?? '')
          const address = tokenAddress(challenge)
          const isBasic = address === undefined && wantsBasic(challenge)
          const authorization = isBasic
            ? login && basicAuthorization(login)
            : address && (await tokenFrom(address, login))
          if (authorization !== undefined) ({ statusCode } = await send(authorization))
        }
        const detail = `${registry}: HTTP ${statusCode}`
        if (statusCode === 404) return { outcome: 'missing', detail }
        if (statusCode === 401 || statusCode === 403) return { outcome: 'denied', detail }
        return { outcome: statusCode < 400 ? 'found' : 'unreachable', detail }
      }

      async function tokenFrom(address: URL, login: RegistryLogin | undefined): Promise<string | undefined> {
        const { statusCode, body } = await request(address, {
          dispatcher,
          signal: limit,
          headers: login === undefined ? {} : { authorization: basicAuthorization(login) },
        })
        const text = await boundedText(body, tokenLimitBytes)
        if (statusCode !== 200 || text === undefined) return undefined
        return bearerAuthorization(text)
      }
    })
  } finally {
    await dispatcher.close().catch(() => undefined)
  }
}
