import { describe, expect, it } from 'vitest'
import { lacksScheme, misspelling } from './spelling.ts'

describe('a proxy setting', () => {
  it.each([
    ['http://CORP\\svc:geheim42@proxy:3128', 'a backslash in its user name or password: write it as %5C'],
    ['CORP\\svc:geheim42@proxy:3128', '%5C'],
    ['http://user:geh#eim42@proxy:3128', '"#" in its user name or password: write it as %23'],
    ['http://user:geh/eim42@proxy:3128', '"/" in its user name or password: write it as %2F'],
    ['http://user:geh?eim42@proxy:3128', '%3F'],
    ['http://user:geh%eim42@proxy:3128', 'write it as %25'],
    ['http://us^er:geheim42@proxy:3128', '%5E'],
    ['http://user:gehéim42@proxy:3128', '%C3%A9'],
    ['"http://proxy:3128"', 'inside quotes'],
    ["'http://proxy:3128'", 'inside quotes'],
    ['http://proxy:3128"', 'inside quotes'],
    ['\u201chttp://proxy:3128\u201d', 'inside quotes'],
    ['http:/proxy:3128', 'no "://"'],
    ['http:/10.0.0.1:3128', 'no "://"'],
    ['http//proxy:3128', 'no "://"'],
    ['https:proxy.corp:3128', 'no "://"'],
    ['http:\\\\proxy:3128', 'backslashes after its scheme'],
    ['http://http://proxy:3128', 'two schemes'],
    ['//proxy:3128', 'no scheme before'],
    ['://proxy:3128', 'no scheme before'],
    ['http://${PROXY_HOST}:3128', 'not replaced'],
    ['$HTTP_PROXY', 'not replaced'],
    ['%HTTPS_PROXY%', 'not replaced'],
    ['http://{{ .Values.proxy }}:3128', 'not replaced'],
    ['<proxy>', 'not replaced'],
    ['http://a:3128,http://b:3128', 'a list'],
    ['http://proxy:3128,', 'a list'],
    ['http://my proxy:3128', 'a space'],
    ['http://proxy:port', 'no valid port'],
    ['http://proxy:99999', 'no valid port'],
    ['http://proxy:3128#main', '"#"'],
    ['http://CORP\\proxy:3128', 'a backslash'],
    [' http://proxy:3128', 'begins or ends with a space'],
    ['http://proxy:3128\n', 'begins or ends with a space'],
    ['http://pro\u200bxy:3128', 'invisible'],
    ['http://proxy\u2013corp:3128', 'word processor'],
    ['HTTPS_PROXY=http://proxy:3128', 'the name of the variable'],
    ['none', 'is a word'],
    ['http=proxy:80;https=proxy:80', 'in the form of Windows'],
    ['http://fd00::1:3128', 'belongs in brackets'],
    ['fd00::1', 'belongs in brackets'],
  ])('%j is misspelled', (setting, problem) => {
    expect(misspelling(setting)).toContain(problem)
    expect(misspelling(setting)).not.toContain('eim42')
  })

  it.each([
    'http://proxy:3128',
    'http://proxy:3128/',
    'https://proxy.corp',
    'proxy.corp:3128',
    'proxy',
    'http-proxy.corp:3128',
    'https.corp:3128',
    'socks5h://10.0.0.1:1080',
    'http://[fd00::1]:3128',
    'http://user:p%40ss%23@proxy:3128',
    "http://us$er:p!a&s(s)'*+,;=@proxy:3128",
    'http://user:p@ss@proxy:3128',
    'http://user@corp.test:pw@proxy:3128',
    'http://user:@proxy:3128',
    '',
  ])('%j is not', (setting) => {
    expect(misspelling(setting)).toBeUndefined()
  })

  it('can lack its scheme', () => {
    expect(lacksScheme('proxy.corp:3128')).toBe(true)
    expect(lacksScheme(' http://proxy.corp:3128')).toBe(false)
  })
})
