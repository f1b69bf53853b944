import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'

import { Odyssey } from '@odysseyml/odyssey'

const odyssey = new Odyssey({ apiKey: process.env.ODYSSEY_API_KEY })
let job = await odyssey.simulate({
  script: [
    { timestamp_ms: 0, start: { prompt: 'rain' } },
    { timestamp_ms: 1000, interact: { prompt: 'the sun comes out' } },
    { timestamp_ms: 2000, end: {} },
  ],
})
while (!['completed', 'failed', 'cancelled'].includes(job.status)) {
  await setTimeout(1000)
  job = await odyssey.getSimulateStatus(job.job_id)
}
console.log(job.status, job.error_message ?? '')
for (const { stream_id } of job.streams) {
  const { video_url } = await odyssey.getRecording(stream_id)
  const video = await fetch(video_url)
  await writeFile(`${stream_id}.mp4`, Buffer.from(await video.arrayBuffer()))
}
