//! Types, statements and loaders.
use async_graphql::{
    dataloader::{DataLoader, Loader},
    ComplexObject, Context, Error, Object, Result, SimpleObject,
};
use chrono::{DateTime, Utc};
use deadpool_postgres::Pool;
use rust_decimal::Decimal;
use std::{collections::HashMap, sync::Arc};
use tokio_postgres::{types::ToSql, Row as Found};

#[derive(SimpleObject, Clone)]
#[graphql(complex)]
struct Author {
    id: i32,
    name: String,
    rating: Decimal,
    created_at: DateTime<Utc>,
}

#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Post {
    id: i32,
    title: String,
    created_at: DateTime<Utc>,
}

#[derive(SimpleObject, Clone)]
pub struct Comment {
    id: i32,
    body: String,
}

#[derive(SimpleObject)]
struct Row {
    id: i32,
    name: String,
}

#[derive(SimpleObject)]
struct Added {
    id: i32,
}

async fn fetch(pool: &Pool, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Found>> {
    let connection = pool.get().await?;
    let statement = connection.prepare_cached(sql).await?;
    Ok(connection.query(&statement, values).await?)
}

/// Rows by the key in their second column.
async fn grouped<T>(
    pool: &Pool,
    sql: &str,
    keys: &[i32],
    make: impl Fn(&Found) -> T,
) -> Result<HashMap<i32, Vec<T>>, Arc<String>> {
    let rows = fetch(pool, sql, &[&keys]).await.map_err(|e| Arc::new(e.message))?;
    let mut found: HashMap<i32, Vec<T>> = HashMap::with_capacity(keys.len());
    for row in &rows {
        found.entry(row.get(1)).or_default().push(make(row));
    }
    Ok(found)
}

pub struct PostsOf(pub Pool);
impl Loader<i32> for PostsOf {
    type Value = Vec<Post>;
    type Error = Arc<String>;
    async fn load(&self, keys: &[i32]) -> Result<HashMap<i32, Vec<Post>>, Arc<String>> {
        const SQL: &str = "select id, author_id, title, created_at from posts \
                           where author_id = any($1) order by id";
        let make = |r: &Found| Post { id: r.get(0), title: r.get(2), created_at: r.get(3) };
        grouped(&self.0, SQL, keys, make).await
    }
}

pub struct CommentsOf(pub Pool);
impl Loader<i32> for CommentsOf {
    type Value = Vec<Comment>;
    type Error = Arc<String>;
    async fn load(&self, keys: &[i32]) -> Result<HashMap<i32, Vec<Comment>>, Arc<String>> {
        const SQL: &str = "select id, post_id, body from comments \
                           where post_id = any($1) order by id";
        grouped(&self.0, SQL, keys, |r| Comment { id: r.get(0), body: r.get(2) }).await
    }
}

#[ComplexObject]
impl Author {
    async fn posts(&self, context: &Context<'_>) -> Result<Vec<Post>> {
        let loader = context.data_unchecked::<DataLoader<PostsOf>>();
        let found = loader.load_one(self.id).await.map_err(|e| Error::new(e.to_string()))?;
        Ok(found.unwrap_or_default())
    }
}

#[ComplexObject]
impl Post {
    async fn comments(&self, context: &Context<'_>) -> Result<Vec<Comment>> {
        let loader = context.data_unchecked::<DataLoader<CommentsOf>>();
        let found = loader.load_one(self.id).await.map_err(|e| Error::new(e.to_string()))?;
        Ok(found.unwrap_or_default())
    }
}

pub struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "hello"
    }

    async fn row(&self, context: &Context<'_>, id: i32) -> Result<Option<Row>> {
        const SQL: &str = "select id, name from rows1024 where id = $1";
        let rows = fetch(context.data_unchecked(), SQL, &[&id]).await?;
        Ok(rows.first().map(|r| Row { id: r.get(0), name: r.get(1) }))
    }

    async fn rows(&self, context: &Context<'_>, limit: i32) -> Result<Vec<Row>> {
        const SQL: &str = "select id, name from rows1024 order by id limit $1::int";
        let rows = fetch(context.data_unchecked(), SQL, &[&limit]).await?;
        Ok(rows.iter().map(|r| Row { id: r.get(0), name: r.get(1) }).collect())
    }

    async fn authors(&self, context: &Context<'_>) -> Result<Vec<Author>> {
        const SQL: &str = "select id, name, rating, created_at from authors order by id";
        let rows = fetch(context.data_unchecked(), SQL, &[]).await?;
        let make = |r: &Found| Author {
            id: r.get(0),
            name: r.get(1),
            rating: r.get(2),
            created_at: r.get(3),
        };
        Ok(rows.iter().map(make).collect())
    }
}

pub struct Mutation;

#[Object]
impl Mutation {
    async fn add_mut(&self, context: &Context<'_>, body: String) -> Result<Added> {
        const SQL: &str = "insert into mut(body) values ($1) returning id";
        let rows = fetch(context.data_unchecked(), SQL, &[&body]).await?;
        Ok(Added { id: rows[0].get(0) })
    }
}
