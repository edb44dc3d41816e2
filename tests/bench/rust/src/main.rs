//! The schema of apps/graphql_by_puff.py on async-graphql, axum and tokio-postgres, on one thread.
//! Usage: graphql-by-async-graphql PORT SOCKET_FOLDER POSTGRES_PORT CONNECTIONS
mod library;

use async_graphql::{dataloader::DataLoader, EmptySubscription, Schema};
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::{extract::State, routing::post, Router};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use library::{CommentsOf, Mutation, PostsOf, Query};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Clone)]
struct App {
    schema: Schema<Query, Mutation, EmptySubscription>,
    pool: Pool,
}

async fn answer(State(app): State<App>, asked: GraphQLRequest) -> GraphQLResponse {
    let asked = asked
        .into_inner()
        .data(DataLoader::new(PostsOf(app.pool.clone()), tokio::spawn))
        .data(DataLoader::new(CommentsOf(app.pool.clone()), tokio::spawn));
    app.schema.execute(asked).await.into()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let told: Vec<String> = std::env::args().skip(1).collect();
    let [port, folder, postgres_port, connections] = told.as_slice() else {
        panic!("usage: PORT SOCKET_FOLDER POSTGRES_PORT CONNECTIONS");
    };
    let mut database = tokio_postgres::Config::new();
    database.host_path(folder).port(postgres_port.parse().unwrap());
    database.user("postgres").dbname("postgres");
    let fast = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(database, tokio_postgres::NoTls, fast);
    let pool = Pool::builder(manager).max_size(connections.parse().unwrap()).build().unwrap();
    let schema = Schema::build(Query, Mutation, EmptySubscription).data(pool.clone()).finish();
    let app = Router::new().route("/graphql", post(answer)).with_state(App { schema, pool });
    let address = ("127.0.0.1", port.parse::<u16>().unwrap());
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
