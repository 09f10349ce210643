// Starts GraphiQL with the settings that the page carries. A file of its own, so that the page needs no inline script.
const { assets, options } = JSON.parse(document.getElementById('graphiql-settings').textContent);

const WORKERS = { editorWorkerService: 'editor.worker.js', json: 'json.worker.js', graphql: 'graphql.worker.js' };

self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => assets + (WORKERS[label] ?? WORKERS.editorWorkerService),
};

self.YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), options);
