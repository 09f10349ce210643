// Starts GraphiQL with the settings that the page carries. A file of its own, so that the page needs no inline script.
import { activeTab, showDocsOnce, watchTabs } from './companion.js';
import { createEventPanel } from './event-panel.js';
import { createFetcher } from './fetcher.js';
import { createStreams } from './streams.js';
import { useToken } from './token.js';

const { assets, options } = JSON.parse(document.getElementById('graphiql-settings').textContent);

const WORKERS = { editorWorkerService: 'editor.worker.js', json: 'json.worker.js', graphql: 'graphql.worker.js' };

self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => assets + (WORKERS[label] ?? WORKERS.editorWorkerService),
};

useToken(document.getElementById('token'));
const streams = createStreams();
const panel = createEventPanel(document.getElementById('events'), streams);
const tabs = watchTabs(streams, panel);

self.YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
  ...options,
  ...activeTab(),
  fetcher: createFetcher(location.href, streams),
  onTabChange: tabs.onTabChange,
});
showDocsOnce();
tabs.runFirstOnce();
