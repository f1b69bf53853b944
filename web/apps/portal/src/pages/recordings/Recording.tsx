import { Alert, Anchor, Button, Code, Text } from '@mantine/core'
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs'
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useMay } from '../../api/me.ts'
import {
  fileOf,
  type Recording as RecordingView,
  type RecordingFile,
  recordingOf,
  useDelete,
} from '../../api/recordings.ts'
import { confirm } from '../../pieces/confirm.tsx'
import { CopyCode } from '../../pieces/CopyBox.tsx'
import { DataTable } from '../../pieces/DataTable.tsx'
import { ErrorNotice } from '../../pieces/ErrorNotice.tsx'
import { Facts } from '../../pieces/Facts.tsx'
import { Moment } from '../../pieces/Moment.tsx'
import { PageHeader, Part } from '../../pieces/PageHeader.tsx'
import { clockText, countText } from '../../pieces/spans.ts'
import { StateBadge } from '../../pieces/StateBadge.tsx'
import classes from './Recordings.module.css'
import { bytesText, nameOf, US_PER_S, whyFailed } from './words.ts'

const ABOUT: Readonly<Record<RecordingFile['name'], string>> = {
  'video.mp4': 'all of it, as it was',
  'preview.mp4': 'short and small, for lists',
  'thumbnail.jpg': 'one picture',
  'events.jsonl': 'what was done and when, a line each',
}

/** One recording: to be watched, to be taken along, to be deleted. */
export default function Recording() {
  const { id = '' } = useParams()
  const { data: shown, error, refetch } = useQuery(recordingOf(id))
  const back = (
    <Anchor component={Link} to="/recordings">
      Recordings
    </Anchor>
  )
  if (shown === undefined) {
    return (
      <>
        <PageHeader title="Recording" above={back} />
        {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      </>
    )
  }
  return (
    <>
      <PageHeader title={nameOf(shown)} above={back}>
        {(shown.state === 'ready' || shown.state === 'failed') && <Remove shown={shown} />}
      </PageHeader>
      <Watch shown={shown} onStale={() => void refetch()} />
      {shown.files.length > 0 && <Files files={shown.files} />}
      <About shown={shown} />
    </>
  )
}

function Watch({
  shown,
  onStale,
}: {
  readonly shown: RecordingView
  readonly onStale: () => void
}) {
  const file = fileOf(shown, 'video.mp4')
  if (file !== undefined)
    return <Player file={file} poster={fileOf(shown, 'thumbnail.jpg')?.url} onStale={onStale} />
  if (shown.state === 'recording') {
    return (
      <Alert color="pine" title="It is being recorded">
        The video is here once what it is of has ended and its files are uploaded.
      </Alert>
    )
  }
  if (shown.state === 'deleted') {
    return (
      <Alert color="gray" title="It was deleted">
        Its files are gone; what it was of stays below.
      </Alert>
    )
  }
  return (
    <Alert color="red" title="There is no video">
      {whyFailed(shown.error ?? 'unknown')}
    </Alert>
  )
}

/** A video by a link that expires: it keeps the link it began with, so that it is not begun anew. */
function Player({
  file,
  poster,
  onStale,
}: {
  readonly file: RecordingFile
  readonly poster: string | undefined
  readonly onStale: () => void
}) {
  const [begun, setBegun] = useState({ src: file.url, poster })
  const wasAsked = useRef(false)
  const renew = (): void => {
    if (begun.src !== file.url) {
      wasAsked.current = false
      setBegun({ src: file.url, poster })
    } else if (!wasAsked.current) {
      wasAsked.current = true
      onStale()
    }
  }
  return (
    <video
      className={classes['player']}
      controls
      playsInline
      preload="metadata"
      aria-label="The recording"
      src={begun.src}
      poster={begun.poster}
      onError={renew}
      onPlay={() => {
        wasAsked.current = false
      }}
    />
  )
}

function Files({ files }: { readonly files: readonly RecordingFile[] }) {
  return (
    <Part title="Files">
      <DataTable
        label="Files"
        rows={files}
        keyOf={({ name }) => name}
        columns={[
          { key: 'name', title: 'File', leads: true, cell: ({ name }) => <Code>{name}</Code> },
          { key: 'about', title: 'What', cell: ({ name }) => ABOUT[name] },
          { key: 'size', title: 'Size', align: 'right', cell: ({ bytes }) => bytesText(bytes) },
          {
            key: 'get',
            title: 'Download',
            mute: true,
            wide: true,
            align: 'right',
            cell: ({ name, url }) => (
              <Button
                component="a"
                href={`${url}?download=true`}
                download
                size="compact-sm"
                variant="light"
                leftSection={<IconDownload size={14} />}
                aria-label={`Download ${name}`}
              >
                Download
              </Button>
            ),
          },
        ]}
        empty={null}
      />
    </Part>
  )
}

function Remove({ shown }: { readonly shown: RecordingView }) {
  const may = useMay('recordings:write')
  const remove = useDelete()
  const navigate = useNavigate()
  if (!may) return null
  return (
    <Button
      color="red"
      variant="light"
      leftSection={<IconTrash size={16} />}
      loading={remove.isPending}
      onClick={() => {
        confirm({
          title: 'Delete this recording?',
          about: (
            <Text size="sm">
              Its files ({bytesText(shown.bytes)}) are deleted for good, and links to them open
              nothing any more.
            </Text>
          ),
          action: 'Delete the recording',
          act: () => {
            remove.mutate(shown, { onSuccess: () => void navigate('/recordings') })
          },
        })
      }}
    >
      Delete
    </Button>
  )
}

function About({ shown }: { readonly shown: RecordingView }) {
  const { source, width, height, fps, frames } = shown
  const page = source.kind === 'session' ? 'sessions' : 'simulations'
  return (
    <Part title="Facts">
      <Facts
        facts={[
          ['State', <StateBadge key="state" state={shown.state} />],
          ['Recording', <CopyCode key="id" text={shown.id} label="recording id" />],
          [
            'Of',
            <Anchor key="of" component={Link} to={`/${page}/${source.id}`}>
              {source.script === null ? `the ${source.kind}` : `script ${source.script + 1}`}
            </Anchor>,
          ],
          [
            'Project',
            <Anchor key="project" component={Link} to={`/projects/${shown.project}`}>
              {shown.project}
            </Anchor>,
          ],
          ['End user', shown.end_user],
          ['Length', shown.duration_us !== null && clockText(shown.duration_us / US_PER_S)],
          ['Size', width !== null && `${width} × ${height ?? 0}, ${fps ?? 0} frames a second`],
          ['Frames', frames !== null && countText(frames)],
          [
            'Left out',
            shown.frames_dropped !== null &&
              shown.frames_dropped > 0 &&
              `${countText(shown.frames_dropped)} frames, so that the stream was not disturbed`,
          ],
          ['Bytes', shown.bytes > 0 && bytesText(shown.bytes)],
          ['Begun', shown.started_at && <Moment at={shown.started_at} />],
          ['Ended', shown.ended_at && <Moment at={shown.ended_at} />],
          ['Kept until', shown.expires_at && <Moment at={shown.expires_at} />],
          [
            'SHA-256 of the frames',
            shown.frames_sha256 && <CopyCode text={shown.frames_sha256} label="the digest" />,
          ],
        ]}
      />
    </Part>
  )
}
