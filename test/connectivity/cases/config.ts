import { json, servePage } from '../servers/http.ts'
import { name } from '../servers/serve.ts'
import { type Case, fault, fine } from './case.ts'

/** Rows that are not ready: nothing is sent for them. */
export const config: readonly Case[] = [
  fault('config.missing', 'an endpoint whose host the profile leaves open', async () => ({ row: { host: '' } })),
  fault('config.missing', 'an endpoint whose host refers to a setting that is empty', async () => ({
    row: { host: '${vendor.host}' },
  })),
  fault('config.missing', 'an endpoint whose port refers to a setting that is empty', async () => ({
    row: { port: '${vendor.port}' },
  })),
  fault('config.missing', 'an endpoint whose roots are in a setting that is empty', async () => ({
    row: { clientProfile: { trust: { setting: 'nothing' } } },
  })),
  fault('config.invalid', 'an endpoint with a URL for a host', async () => ({ row: { host: 'http://far' } })),
  fault('config.invalid', 'an endpoint whose file of roots cannot be read', async () => ({
    row: { clientProfile: { trust: { file: '/nonexistent/ca.pem' } } },
  })),
  fault('config.invalid', 'an endpoint with a space in its path', async () => ({ row: { path: '/a b' } })),
  fine(['config.invalid', 'config.missing'], 'a host that ends in a dot', async () => ({
    row: { host: `${name}.`, port: (await servePage(json({}))).port },
  })),
  fault(
    'tls.name',
    'a host with an underscore, which no certificate can be for, and which is tried all the same',
    async () => ({ row: { host: `under_score.${name}`, port: (await servePage(json({}))).port } }),
    { near: ['config.invalid'] },
  ),
]
