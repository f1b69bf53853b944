/**
 * The portal's pages. Each is a folder in `pages/` with an `entry.ts` that says where it is, how
 * the navigation names it and who may see it; the page itself comes when it is first looked at.
 */
import type { ComponentType, FunctionComponent } from 'react'
import type { Permission } from '../api/me.ts'

export const SECTIONS = ['Watch', 'Serve', 'Connect', 'Account', 'Operator'] as const
export type Section = (typeof SECTIONS)[number]

/** What draws an icon of the navigation. */
export type Icon = FunctionComponent<{ size?: number | string; stroke?: number | string }>

export interface PageEntry {
  /** As React Router takes it: `/projects/:name`. Its first segment is among the gateway's. */
  readonly path: string
  readonly title: string
  /** Who may see it; nothing is anybody who is signed in. */
  readonly needs?: Permission
  /** Whether it is for people who are not signed in, and stands without the navigation. */
  readonly outside?: boolean
  /** Where the navigation has it, if it does; `order` is within the section. */
  readonly nav?: { readonly section: Section; readonly order: number; readonly icon: Icon }
  readonly load: () => Promise<{ readonly default: ComponentType }>
}

const found = import.meta.glob<{ readonly entry: PageEntry | readonly PageEntry[] }>(
  '../pages/*/entry.ts',
  { eager: true },
)

export const PAGES: readonly PageEntry[] = Object.values(found).flatMap(({ entry }) => entry)

/** One part of the navigation. */
export interface NavSection {
  readonly section: Section
  readonly pages: readonly (PageEntry & { readonly nav: NonNullable<PageEntry['nav']> })[]
}

/** Returns the navigation of somebody with these permissions: sections that have a page, in order. */
export function navigationOf(
  pages: readonly PageEntry[],
  permissions: readonly Permission[],
): readonly NavSection[] {
  const shown = pages.filter(hasNav).filter((page) => maySee(page, permissions))
  return SECTIONS.map((section) => ({
    section,
    pages: shown
      .filter(({ nav }) => nav.section === section)
      .sort((one, other) => one.nav.order - other.nav.order),
  })).filter(({ pages: some }) => some.length > 0)
}

/** Whether somebody with these permissions may see a page. */
export function maySee({ needs }: PageEntry, permissions: readonly Permission[]): boolean {
  return needs === undefined || permissions.includes(needs)
}

function hasNav(page: PageEntry): page is NavSection['pages'][number] {
  return page.nav !== undefined
}
