import { Button, FileButton, Textarea } from '@mantine/core'
import { useStore } from 'zustand'
import { t } from '../../strings/t.ts'
import classes from './Kit.module.css'
import { KitProgress, megabytes } from './KitProgress.tsx'
import type { KitStore } from './store.ts'

/** The file of the kit and the key that it must be signed with. */
export function KitFile({ store }: { readonly store: KitStore }) {
  const { kit, key, working, content } = useStore(store)
  const { choose, chooseKey, setKey, remove, verify } = store.getState()
  const isBusy = working !== undefined
  const isHere = kit !== undefined && kit.received === kit.bytes
  return (
    <section className={classes.part} aria-label={t('kits.file')}>
      <div className={classes.row}>
        <FileButton onChange={(file) => void choose(file)} disabled={isBusy}>
          {(props) => (
            <Button {...props} variant="default">
              {t('kits.chooseFile')}
            </Button>
          )}
        </FileButton>
        {kit !== undefined && (
          <>
            <span className={classes.counts}>{t('kits.size', { name: kit.name, size: megabytes(kit.bytes) })}</span>
            <Button variant="subtle" size="compact-sm" disabled={isBusy} onClick={() => void remove()}>
              {t('kits.remove')}
            </Button>
          </>
        )}
      </div>
      <Textarea
        className={classes.field}
        classNames={{ input: 'mono' }}
        label={t('kits.key')}
        description={t('kits.keyHint')}
        rows={2}
        maxLength={2_000}
        spellCheck={false}
        disabled={isBusy}
        value={key}
        onChange={({ currentTarget }) => setKey(currentTarget.value)}
      />
      <div className={classes.row}>
        <FileButton onChange={(file) => void chooseKey(file)} disabled={isBusy}>
          {(props) => (
            <Button {...props} variant="default" size="compact-sm">
              {t('kits.chooseKey')}
            </Button>
          )}
        </FileButton>
        {content === undefined && (
          <Button size="compact-sm" disabled={isBusy || !isHere || key.trim() === ''} onClick={() => void verify()}>
            {t('kits.verify')}
          </Button>
        )}
      </div>
      {content === undefined && <KitProgress store={store} />}
    </section>
  )
}
