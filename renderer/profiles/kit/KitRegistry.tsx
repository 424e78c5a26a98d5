import { Button, Checkbox, PasswordInput, Select, Textarea, TextInput } from '@mantine/core'
import { useStore } from 'zustand'
import type { Plane } from '../../../preload/contract/planes.ts'
import { t } from '../../strings/t.ts'
import { Notice } from '../../ui/Notice.tsx'
import table from '../../ui/Table.module.css'
import classes from './Kit.module.css'
import { KitProgress } from './KitProgress.tsx'
import type { KitStore, Login } from './store.ts'

/** As the core reads it: host, port and a path. */
const addressPattern =
  /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]{2,45}\])(:[0-9]{1,5})?(\/[a-z0-9]+([._/-]+[a-z0-9]+)*)?\/?$/i

const planePrefix = 'plane:'
const optionOf = (login: Login): string => (login.kind === 'plane' ? `${planePrefix}${login.planeId}` : login.kind)
const loginOf = (value: string | null): Login =>
  value?.startsWith(planePrefix) === true
    ? { kind: 'plane', planeId: value.slice(planePrefix.length) }
    : { kind: value === 'typed' ? 'typed' : 'none' }

/** Where the content goes, and the push. */
export function KitRegistry({ store, planes }: { readonly store: KitStore; readonly planes: readonly Plane[] }) {
  const { registry, working, pushed } = useStore(store)
  const { setRegistry, push, skipPush } = store.getState()
  const { address, plainHttp, ca, login, username, password } = registry
  const isBusy = working !== undefined
  const isValid = addressPattern.test(address)
  const isReady = !isBusy && isValid && (login.kind !== 'typed' || username !== '')
  const logins = [
    { value: 'none', label: t('kits.loginNone') },
    { value: 'typed', label: t('kits.loginTyped') },
    ...planes.map(({ id, name }) => ({ value: `${planePrefix}${id}`, label: t('kits.loginPlane', { name }) })),
  ]
  return (
    <section className={classes.part} aria-label={t('kits.registryTitle')}>
      <h2 className={classes.subheading}>{t('kits.registryTitle')}</h2>
      <p className={classes.about}>{t('kits.registryAbout')}</p>
      <TextInput
        className={classes.field}
        label={t('kits.registry')}
        description={t('kits.registryHint')}
        value={address}
        maxLength={500}
        disabled={isBusy}
        error={address === '' || isValid ? undefined : t('kits.registryInvalid')}
        onChange={({ currentTarget }) => setRegistry({ address: currentTarget.value.trim() })}
      />
      <Checkbox
        label={t('kits.plainHttp')}
        checked={plainHttp}
        disabled={isBusy}
        onChange={({ currentTarget }) => setRegistry({ plainHttp: currentTarget.checked })}
      />
      {!plainHttp && (
        <Textarea
          className={classes.field}
          classNames={{ input: 'mono' }}
          label={t('kits.ca')}
          description={t('kits.caHint')}
          rows={2}
          maxLength={100_000}
          spellCheck={false}
          disabled={isBusy}
          value={ca}
          onChange={({ currentTarget }) => setRegistry({ ca: currentTarget.value })}
        />
      )}
      <Select
        className={classes.field}
        label={t('kits.login')}
        data={logins}
        value={optionOf(login)}
        allowDeselect={false}
        disabled={isBusy}
        onChange={(value) => setRegistry({ login: loginOf(value) })}
      />
      {login.kind === 'typed' && (
        <>
          <TextInput
            className={classes.field}
            label={t('kits.username')}
            value={username}
            maxLength={500}
            disabled={isBusy}
            autoComplete="off"
            onChange={({ currentTarget }) => setRegistry({ username: currentTarget.value })}
          />
          <PasswordInput
            className={classes.field}
            label={t('kits.password')}
            value={password}
            maxLength={10_000}
            disabled={isBusy}
            autoComplete="off"
            onChange={({ currentTarget }) => setRegistry({ password: currentTarget.value })}
          />
        </>
      )}
      <div className={classes.row}>
        <Button size="compact-sm" disabled={!isReady} onClick={() => void push()}>
          {pushed === undefined ? t('kits.push') : t('kits.pushAgain')}
        </Button>
        {pushed === undefined && (
          <Button variant="default" size="compact-sm" disabled={isBusy || !isValid} onClick={skipPush}>
            {t('kits.skipPush')}
          </Button>
        )}
      </div>
      <KitProgress store={store} />
      {pushed !== undefined && pushed !== 'said' && <Pushed references={pushed} />}
    </section>
  )
}

function Pushed({ references }: { readonly references: readonly { readonly from: string; readonly to: string }[] }) {
  return (
    <>
      <Notice tone="good" role="status" title={t('kits.pushed', { count: references.length })} />
      <div className={classes.list}>
        <table className={table.table}>
          <thead>
            <tr>
              <th>{t('kits.from')}</th>
              <th>{t('kits.to')}</th>
            </tr>
          </thead>
          <tbody>
            {references.map(({ from, to }) => (
              <tr key={`${from} ${to}`}>
                <td className="mono">{from}</td>
                <td className="mono">{to}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
