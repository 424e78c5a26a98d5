import { challengeOf } from './challenges.ts'
import { challenge, getPage, unexpectedResponse } from './http.ts'
import { challenged, fault, type ProtocolClient, recognised } from './protocol.ts'

const service = 'info/refs?service=git-upload-pack'

/**
 * A git server's smart HTTP (gitprotocol-http). Without a repository, a nonexistent one is requested: hosts that hide
 * private repositories then require credentials.
 */
export const git: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  identify: (ready, signal) => getPage(ready, pathOf(ready.target.path), signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { response } = facts
    const type = response.headers['content-type'] ?? ''
    if (
      response.status === 200 &&
      type.startsWith('application/x-git-upload-pack-advertisement') &&
      /^[0-9a-f]{4}# service=git-upload-pack/.test(response.body)
    ) {
      return recognised('a git server that advertises its references')
    }
    // git takes the schemes that it knows, in whatever order they are offered.
    if (response.status === 401 && challengeOf(response, 'basic') !== undefined)
      return challenged(`401, ${challenge(response)}`, target)
    return unexpectedResponse(response, target, `a git server at ${facts.request}`)
  },
}

function pathOf(path: string | undefined): string {
  if (path?.includes('info/refs')) return path
  const repository = path === undefined || path === '/' ? '/hangar/check.git' : path.replace(/\/$/, '')
  return `${repository}/${service}`
}
