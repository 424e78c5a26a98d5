import type { KitContent } from '../../../preload/contract/kits.ts'
import { t } from '../../strings/t.ts'
import { Notice } from '../../ui/Notice.tsx'
import table from '../../ui/Table.module.css'
import classes from './Kit.module.css'
import { megabytes } from './KitProgress.tsx'

/** What is inside a verified kit. */
export function Contents({ content }: { readonly content: KitContent }) {
  const { title, key, digest, bytes, platforms, releases, images, certificates } = content
  const of = {
    title,
    releases: releases.length,
    images: images.length,
    size: megabytes(bytes),
    platforms: platforms.length === 0 ? t('kits.allPlatforms') : platforms.join(', '),
  }
  return (
    <section className={classes.part} aria-label={t('kits.contents')}>
      <Notice tone="good" role="status" title={t('kits.verified', { key })}>
        <p className={classes.about}>
          {t('kits.verifiedAbout', of)}
          {certificates > 0 && ` ${t('kits.certificates', { count: certificates })}`}
        </p>
      </Notice>
      <p className={classes.about}>
        {t('kits.manifest')}: <span className="mono">{digest}</span>
      </p>
      <div className={classes.list}>
        <table className={table.table}>
          <thead>
            <tr>
              <th>{t('kits.release')}</th>
              <th>{t('kits.chart')}</th>
              <th>{t('kits.digest')}</th>
            </tr>
          </thead>
          <tbody>
            {releases.map(({ release, chart, version, digest: of }) => (
              <tr key={release}>
                <td>{release}</td>
                <td>{`${chart} ${version}`}</td>
                <td className="mono">{of}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={classes.list}>
        <table className={table.table}>
          <thead>
            <tr>
              <th>{t('kits.image')}</th>
              <th>{t('kits.digest')}</th>
            </tr>
          </thead>
          <tbody>
            {images.map(({ reference, digest: of }) => (
              <tr key={reference}>
                <td className="mono">{reference}</td>
                <td className="mono">{of}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
