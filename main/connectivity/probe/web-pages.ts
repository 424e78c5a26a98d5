import type { Cause } from './causes.ts'
import type { HttpResponse } from './facts.ts'

/** Pages and headers of devices on the path, not of the service. With a trusted certificate they are only hints. */

interface Product {
  readonly name: string
  readonly pattern: RegExp
}

/** Products that inspect or block, by what they write into issuers, headers and pages. */
const products: readonly Product[] = [
  { name: 'Zscaler', pattern: /zscaler|zscloud/i },
  { name: 'Netskope', pattern: /netskope|goskope/i },
  { name: 'Fortinet', pattern: /forti(?:net|gate|guard|proxy)\b/i },
  { name: 'Palo Alto Networks', pattern: /palo ?alto ?networks|prisma access|globalprotect/i },
  { name: 'Cisco', pattern: /cisco umbrella|opendns|ironport|cisco secure (?:access|web)/i },
  { name: 'Sophos', pattern: /\bsophos/i },
  { name: 'Symantec (Blue Coat)', pattern: /blue ?coat|symantec web (?:security|isolation)|proxysg/i },
  { name: 'Forcepoint', pattern: /forcepoint|websense/i },
  { name: 'Check Point', pattern: /check ?point (?:software|ssl|https|usercheck)|usercheck/i },
  { name: 'Skyhigh (McAfee)', pattern: /mcafee web gateway|skyhigh (?:web|security)|trellix/i },
  { name: 'Barracuda', pattern: /barracuda(?! (?:web application firewall|waf)\b)/i },
  { name: 'SonicWall', pattern: /sonicwall/i },
  { name: 'WatchGuard', pattern: /watchguard|fireware/i },
  { name: 'Cloudflare Gateway', pattern: /cloudflare (?:gateway|for teams|zero trust)|gateway ca - cloudflare/i },
  { name: 'iboss', pattern: /\biboss\b/i },
  { name: 'Menlo Security', pattern: /menlo security/i },
  { name: 'Smoothwall', pattern: /smoothwall/i },
  { name: 'Untangle', pattern: /\buntangle\b/i },
  { name: 'Kaspersky', pattern: /kaspersky/i },
  { name: 'ESET', pattern: /eset ssl filter/i },
  { name: 'Avast', pattern: /avast!? (?:web|mail)|avg (?:web|technologies)/i },
  { name: 'Bitdefender', pattern: /bitdefender/i },
  { name: 'mitmproxy', pattern: /mitmproxy/i },
  { name: 'Burp', pattern: /portswigger/i },
  { name: 'Charles', pattern: /charles proxy/i },
  { name: 'Fiddler', pattern: /do_not_trust_fiddler|fiddler/i },
]

/** The inspection product that a text (an issuer, a header) names; empty without one. */
export function inspectionProduct(text: string): string {
  return products.find(({ pattern }) => pattern.test(text))?.name ?? ''
}

const blockWords =
  /\b(?:(?:has been|is|was|been|site|page|url|request|access|content|website|category) (?:is |was |been |has been )?blocked|blocked (?:by|url|site|page|category|due)|access (?:to this (?:site|page|website|web ?page|url|resource|host) (?:is|has been|was) )?denied|acceptable use|internet (?:usage|use|access) policy|web ?filter|content filter|security policy|company policy|not permitted by|prohibited|err_access_denied|url category)\b/i

const portalWords =
  /\b(?:captive[ -]?portal|hot ?spot|wispaccessgateway|wispr|(?:guest|free|public) wi-?fi|wi-?fi (?:login|access|portal)|(?:sign|log) ?(?:in|on) to (?:the |this |use the )?(?:network|wi-?fi|internet)|network (?:login|authentication|access) (?:required|page|portal)|accept (?:the )?(?:terms|conditions).{0,80}(?:internet|network|wi-?fi)|nac portal)\b/i

const portalAddress =
  /captive|hotspot|wi-?fi|guest|portal|wispr|splash|\bnac\b|\/aup\b|network-?login|webauth|\bfgtauth\b|\/php\/uid\.php/i

export const isHtml = ({ headers, body }: HttpResponse): boolean =>
  /\bhtml\b/i.test(headers['content-type'] ?? '') ||
  /^\s*(?:<!--[\s\S]{0,400}?-->\s*)?<(?:!doctype\s+html|html|head|body|meta|script)\b/i.test(body)

const headerText = ({ headers }: HttpResponse): string =>
  [
    'server',
    'via',
    'x-squid-error',
    'x-cache',
    'x-cache-lookup',
    'proxy-agent',
    'proxy-connection',
    'x-blocked-by',
    'x-zscaler-error',
  ]
    .map((name) => headers[name] ?? '')
    .join(' ')

/** The visible text of a page, without tags, scripts and styles. Each character is read once: the page may be hostile. */
export function visibleText(body: string): string {
  const [before = '', ...parts] = body.split('<')
  const texts = [before]
  let hidden = ''
  for (const part of parts) {
    const name = /^\/?[a-z]{0,10}/i.exec(part)?.[0].toLowerCase() ?? ''
    if (hidden !== '' && name !== `/${hidden}`) continue
    hidden = name === 'script' || name === 'style' ? name : ''
    const end = part.indexOf('>')
    if (hidden === '') texts.push(end === -1 ? `<${part}` : part.slice(end + 1))
  }
  return texts.join(' ').replace(/\s+/g, ' ').slice(0, 8_000)
}

export interface PageFault {
  readonly cause: Cause
  readonly message: string
  /** The page identifies itself; otherwise it is only a page where none is expected. */
  readonly certain: boolean
  /** The product that the page names; undefined: none. */
  readonly product?: string
}

/** A page of a captive portal, a web filter or a proxy; undefined without a sign of one. */
export function wrongPage(response: HttpResponse): PageFault | undefined {
  return portalPage(response) ?? blockPage(response)
}

function portalPage(response: HttpResponse): PageFault | undefined {
  const { status, headers, body } = response
  const portal = (reason: string): PageFault => ({ cause: 'identity.captive-portal', message: reason, certain: true })
  if (status === 511) return portal('status 511, Network Authentication Required')
  if (/<WISPAccessGatewayParam/i.test(body)) return portal('a WISPr portal')
  const location = headers.location ?? ''
  if (status >= 300 && status < 400 && portalAddress.test(location))
    return portal(`a redirect to a portal: ${location}`)
  if (isHtml(response) && (portalWords.test(visibleText(body)) || portalRefresh(body)))
    return portal(`a page asks to sign in to the network: ${visibleText(body).trim().slice(0, 160)}`)
  return undefined
}

/** A page that redirects to what looks like a portal. */
function portalRefresh(body: string): boolean {
  const refresh = /http-equiv=["']?refresh["']?[^>]{0,80}url=([^"'>\s]{1,300})/i.exec(body)?.[1]
  const script = /\blocation(?:\.href)?\s*=\s*["']([^"']{1,300})["']/i.exec(body)?.[1]
  return [refresh, script].some((url) => url !== undefined && portalAddress.test(url))
}

/** The host that a response redirects to: products redirect to their own. Empty without one. */
function redirectHost({ status, headers }: HttpResponse): string {
  const location = headers.location ?? ''
  return status >= 300 && status < 400 && URL.canParse(location) ? new URL(location).host : ''
}

function blockPage(response: HttpResponse): PageFault | undefined {
  const block = (reason: string, certain = true): PageFault => ({
    cause: 'identity.block-page',
    message: reason,
    certain,
  })
  const product = inspectionProduct(headerText(response)) || inspectionProduct(redirectHost(response))
  const text = visibleText(response.body)
  if (response.headers['x-squid-error'] !== undefined)
    return block(`a proxy’s error page: ${response.headers['x-squid-error']}`)
  if (product !== '' && (isHtml(response) || response.status === 403 || redirectHost(response) !== ''))
    return { ...block(`a page of ${product}: ${text.trim().slice(0, 160)}`), product }
  const inPage = isHtml(response) ? inspectionProduct(text) : ''
  if (inPage !== '') return { ...block(`a page of ${inPage}: ${text.trim().slice(0, 160)}`), product: inPage }
  const isPlainText = /^text\/plain/i.test(response.headers['content-type'] ?? '')
  if ((isHtml(response) || isPlainText) && blockWords.test(text))
    return block(`a block page: ${text.trim().slice(0, 160)}`)
  if (isHtml(response) && (response.status === 200 || response.status === 403 || response.status === 451)) {
    return block(`a web page (${response.status}): ${text.trim().slice(0, 160) || 'without text'}`, false)
  }
  return undefined
}
